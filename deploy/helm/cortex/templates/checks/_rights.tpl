{{- /*
Rights that would give a pool more than they say. In Cortex's own namespace its Secrets are to be had by whoever may make a pod, enter one or hand out rights, so rules there
only read kinds that hold none. Elsewhere what rights can be widened by is asked for by name.
*/ -}}
{{- define "cortex.rightsRefused" -}}
{{- $faults := list }}
{{- $reading := list "get" "list" "watch" }}
{{- $harmless := get (include "cortex.kinds" . | fromYaml) "" }}
{{- range $pool := .Values.workers.pools }}
{{- range $at := .access }}
{{- $own := eq .namespace $.Release.Namespace }}
{{- $cluster := has .namespace (list "kube-system" "kube-public" "kube-node-lease") }}
{{- if and $own (or .write .secrets .escalation) }}{{ $faults = append $faults (printf "workers.pools %s may change %s or read its Secrets, and Cortex's own are there: let tasks work in other namespaces" $pool.name .namespace) }}{{ end }}
{{- if and $cluster (or .write .secrets) (not .escalation) }}{{ $faults = append $faults (printf "workers.pools %s may change %s or read its Secrets, by which it has the whole cluster: set escalation: true beside it if that is meant" $pool.name .namespace) }}{{ end }}
{{- range $rule := .rules }}
{{- $changes := list }}{{ range .verbs }}{{ if not (has . $reading) }}{{ $changes = append $changes . }}{{ end }}{{ end }}
{{- range $kind := .resources }}
{{- $says := printf "workers.pools %s: a rule for %s has %s of %s" $pool.name $at.namespace (join ", " $rule.verbs) $kind }}
{{- $secret := regexMatch "secret|token|credential|password" $kind }}
{{- if $own }}
{{- $part := and (contains "/" $kind) (ne $kind "pods/log") (not (regexMatch "/(status|scale)$" $kind)) }}
{{- $core := and (has "" $rule.apiGroups) (not (has (first (splitList "/" $kind)) $harmless)) }}
{{- if or $changes $secret $part $core }}{{ $faults = append $faults (printf "%s, by which Cortex's own Secrets are to be had: in its namespace rules only read, and kinds that hold no secrets; let tasks work in other namespaces" $says) }}{{ end }}
{{- else if not $at.escalation }}
{{- if or (hasPrefix "serviceaccounts/" $kind) (and $changes (regexMatch "^(cluster)?role(binding)?s(/|$)" $kind)) }}{{ $faults = append $faults (printf "%s, by which rights grow beyond what is written here: set escalation: true beside it if that is meant" $says) }}
{{- else if and $cluster (or $changes $secret (contains "/" $kind)) (ne $kind "pods/log") }}{{ $faults = append $faults (printf "%s, by which it has the whole cluster: set escalation: true beside it if that is meant" $says) }}
{{- end }}
{{- end }}
{{- if and (not $own) (eq $kind "secrets") (not $at.secrets) (not $rule.resourceNames) }}{{ $faults = append $faults (printf "%s, all of them: set secrets: true beside it, or name those it is about in resourceNames" $says) }}{{ end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- toJson $faults }}
{{- end }}

{{- /* What a worker is given beside its rights: volumes and variables. */ -}}
{{- define "cortex.givenRefused" -}}
{{- $faults := list }}
{{- $v := .Values }}
{{- $database := get (include "cortex.databaseSecret" . | fromYaml) "name" | default "" }}
{{- $oidc := $v.signIn.oidc.clientSecret }}
{{- $own := compact (list $v.signIn.users.name $v.signIn.serviceToken.name $database $oidc.name) }}
{{- $volumes := list "tmp" "workspace" "files" "masters" }}
{{- range $volume := $v.workers.extraVolumes }}
{{- if has .name $volumes }}{{ $faults = append $faults (printf "workers.extraVolumes: the name %s is taken" .name) }}{{ end }}
{{- $volumes = append $volumes .name }}
{{- if hasKey . "hostPath" }}{{ $faults = append $faults (printf "workers.extraVolumes %s is a folder of the node, by which a worker could have the node: use a claim or a ConfigMap" .name) }}{{ end }}
{{- $secrets := list (dig "secret" "secretName" "" .) }}
{{- range dig "projected" "sources" list . }}{{ $secrets = append $secrets (dig "secret" "name" "" .) }}{{ end }}
{{- range $secrets }}{{ if has . $own }}{{ $faults = append $faults (printf "workers.extraVolumes %s would give workers Cortex's own Secrets: name one that is theirs" $volume.name) }}{{ end }}{{ end }}
{{- end }}
{{- range $v.workers.extraVolumeMounts }}
{{- if not (has .name $volumes) }}{{ $faults = append $faults (printf "workers.extraVolumeMounts names %s, which is none of workers.extraVolumes" .name) }}{{ end }}
{{- end }}
{{- range $part := prepend $v.workers.pools $v.workers }}
{{- range $variable, $ref := $part.secretSettings }}
{{- $named := or (eq (toJson $ref) (toJson $v.signIn.serviceToken)) (eq (toJson $ref) (toJson $v.signIn.users)) (eq (toJson $ref) (toJson $oidc)) (and $database (eq $ref.name $database)) }}
{{- if $named }}{{ $faults = append $faults (printf "secretSettings of workers take %s from a Secret of Cortex's own: name one that is theirs" $variable) }}{{ end }}
{{- end }}
{{- end }}
{{- toJson $faults }}
{{- end }}
