import { talk } from './sentence.ts'

export const smallTalk = talk(
  'hello', 'Hi there!', 'Good morning, Cortex', 'thanks', 'Thank you very much!', 'ok', 'great, thanks', 'What can you do?', 'help', 'who are you?', 'are you an AI?',
  'What is Prometheus?', 'How do I set up a backup?', 'how does this work?', 'Why is Kubernetes so complicated?', 'What is the difference between a pod and a deployment?',
  'Should we use Redis or Memcached?', 'Can you explain how RBAC works?', 'Could you tell me what a sidecar is?', 'do you know Terraform?', 'Is it possible to deploy to AWS?',
  'Deploy failed', 'The checkout API keeps returning 500s', 'Our login page is broken', 'The deployment is still running on the old version.', 'I love the new dashboard', "don't do anything", 'Never mind',
  'Do not deploy the API', 'Please do not restart the database', 'yes', 'no', '???', '👍', 'bye', 'lol', '.', 'asdf qwer', 'I think Grafana looks nice', 'We deployed Redis yesterday.',
  'Which port does Grafana use?', 'When was Kubernetes released?', 'Who maintains Prometheus?', 'No need to scan the images', 'test', 'I have a question', "Let's talk about monitoring", 'it works now'
)
