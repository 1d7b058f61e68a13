{{- /* Where browsers find the page. Without an address of its own it is that of kubectl port-forward. */ -}}
{{- define "cortex.publicUrl" -}}
{{- if .Values.signIn.publicUrl }}{{ .Values.signIn.publicUrl }}
{{- else if and .Values.ingress.enabled .Values.ingress.host }}https://{{ .Values.ingress.host }}
{{- else if and .Values.gateway.enabled .Values.gateway.hostnames }}https://{{ first .Values.gateway.hostnames }}
{{- else }}http://localhost:3000{{ end -}}
{{- end }}

{{- define "cortex.secretEnv" -}}
- name: {{ .as }}
  valueFrom: { secretKeyRef: { name: {{ .ref.name }}, key: {{ .ref.key }} } }
{{- end }}

{{- /* What chat and orchestrator know people and each other by. */ -}}
{{- define "cortex.servicesEnv" -}}
{{ include "cortex.secretEnv" (dict "as" "CORTEX_SERVICE_TOKEN" "ref" .Values.signIn.serviceToken) }}
- { name: CORTEX_USERS, value: /etc/cortex-users/users.yaml }
{{- end }}

{{- define "cortex.chatSignInEnv" -}}
{{- with .Values.signIn }}
- { name: CORTEX_PUBLIC_URL, value: {{ include "cortex.publicUrl" $ | quote }} }
{{- with .oidc }}
{{- if .issuer }}
- { name: CORTEX_OIDC_ISSUER, value: {{ .issuer | quote }} }
- { name: CORTEX_OIDC_CLIENT_ID, value: {{ .clientId | quote }} }
{{- if .clientSecret.name }}
{{ include "cortex.secretEnv" (dict "as" "CORTEX_OIDC_CLIENT_SECRET" "ref" .clientSecret) }}
{{- end }}
{{- end }}
{{- end }}
{{- with .proxy }}
{{- if .addresses }}
- { name: CORTEX_PROXY_ADDRESSES, value: {{ join "," .addresses | quote }} }
{{- with .nameHeader }}
- { name: CORTEX_PROXY_NAME_HEADER, value: {{ . | quote }} }
{{- end }}
{{- with .groupsHeader }}
- { name: CORTEX_PROXY_GROUPS_HEADER, value: {{ . | quote }} }
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "cortex.usersMount" -}}
- { name: users, mountPath: /etc/cortex-users, readOnly: true }
{{- end }}

{{- define "cortex.usersVolume" -}}
- name: users
  secret:
    secretName: {{ .Values.signIn.users.name }}
    # 0440, readable by the group of the pod alone; written by tens, since what begins with a 0 is another number to some who read YAML.
    defaultMode: 288
    items:
      - { key: {{ .Values.signIn.users.key }}, path: users.yaml }
{{- end }}
