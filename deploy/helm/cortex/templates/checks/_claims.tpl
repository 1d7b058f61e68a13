{{- /* Every volume by who has it: the part, where its claim is named, that claim, and the one the chart would make, also where another is in use now: it may be left from before. */ -}}
{{- define "cortex.claims" -}}
{{- $v := .Values }}
{{- $name := include "cortex.name" . }}
{{- toJson (list
  (dict "part" "orchestrator" "at" "orchestrator.persistence.existingClaim" "given" $v.orchestrator.persistence.existingClaim "own" (printf "%s-orchestrator" $name))
  (dict "part" "orchestrator" "at" "orchestrator.taskFiles.existingClaim" "given" $v.orchestrator.taskFiles.existingClaim "own" "")
  (dict "part" "chat" "at" "chat.persistence.existingClaim" "given" $v.chat.persistence.existingClaim "own" (printf "%s-chat" $name))
  (dict "part" "workers" "at" "workspace.existingClaim" "given" $v.workspace.existingClaim "own" (printf "%s-workspace" $name))
  (dict "part" "backup" "at" "backup.persistence.existingClaim" "given" $v.backup.persistence.existingClaim "own" (printf "%s-backups" $name))
) }}
{{- end }}

{{- /* Of whom else a claim is: empty, or the part. Takes dict root, part, claim. */ -}}
{{- define "cortex.ownerOfClaim" -}}
{{- $owners := list }}
{{- range include "cortex.claims" .root | fromJsonArray }}
{{- if and (ne .part $.part) (has $.claim (compact (list .given .own))) }}{{ $owners = append $owners .part }}{{ end }}
{{- end }}
{{- if regexMatch (printf "^%s-postgresql-[0-9]+(-wal)?$" (include "cortex.name" .root)) .claim }}{{ $owners = append $owners "database" }}{{ end }}
{{- first (append $owners "") }}
{{- end }}

{{- /* A claim of one part that is given to another: each would read and write what is the other's alone. */ -}}
{{- define "cortex.claimsRefused" -}}
{{- $faults := list }}
{{- range include "cortex.claims" . | fromJsonArray }}
{{- $owner := include "cortex.ownerOfClaim" (dict "root" $ "part" .part "claim" .given) }}
{{- if and .given $owner }}{{ $faults = append $faults (printf "%s is %s, the volume of the %s: each part has a volume of its own, so name another claim" .at .given (eq $owner "workers" | ternary "workspace" $owner)) }}{{ end }}
{{- end }}
{{- $workspace := printf "%s-workspace" (include "cortex.name" .) }}
{{- with lookup "v1" "PersistentVolumeClaim" .Release.Namespace $workspace }}
{{- $mode := first (dig "spec" "accessModes" list . | default (list $.Values.workspace.accessMode)) }}
{{- if and (ne $mode $.Values.workspace.accessMode) (not $.Values.workspace.existingClaim) }}{{ $faults = append $faults (printf "workspace.accessMode is %s, and the claim %s that is there is %s, which never changes: keep that, or make a claim of the new kind, copy the repository and name it in workspace.existingClaim" $.Values.workspace.accessMode $workspace $mode) }}{{ end }}
{{- end }}
{{- range .Values.workers.extraVolumes }}
{{- $claim := dig "persistentVolumeClaim" "claimName" "" . }}
{{- if and $claim (include "cortex.ownerOfClaim" (dict "root" $ "part" "workers" "claim" $claim)) }}{{ $faults = append $faults (printf "workers.extraVolumes %s would give workers Cortex's own store: name a claim that is theirs" .name) }}{{ end }}
{{- end }}
{{- toJson $faults }}
{{- end }}
