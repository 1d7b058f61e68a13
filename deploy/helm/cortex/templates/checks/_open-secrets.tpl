{{- /* Secrets that stand in the values: helm keeps those in the release, where whoever may read it finds them. Known by the name of a setting, or by what is written anywhere. */ -}}
{{- define "cortex.secretsRefused" -}}
{{- $faults := list }}
{{- $named := "PASSWORD|PASSWD|PASSPHRASE|SECRET|CREDENTIAL|COOKIE|TOKEN|APIKEY|(^|_)(KEYS?|HEADERS|AUTH|AUTHORIZATION|DSN|PAT)(_|$)|^DATABASE_URL$" }}
{{- range $part := concat (list .Values.orchestrator .Values.chat .Values.workers) .Values.workers.pools }}
{{- range $name, $value := $part.settings }}
{{- /* A number of tokens, a file with the secret. */}}
{{- $harmless := or (regexMatch "_(FILE|PATH|DIR)$" $name) (and (regexMatch "_TOKENS$" $name) (regexMatch "^[0-9.e+]*$" (toString $value))) }}
{{- if and (regexMatch $named $name) (not $harmless) }}{{ $faults = append $faults (printf "settings hold %s in the clear: put it into a Secret and name that in secretSettings, %s: {name, key}" $name $name) }}{{ end }}
{{- end }}
{{- end }}
{{- range $path := include "cortex.openSecrets" (dict "path" "" "value" (omit .Values "global")) | fromJsonArray }}
{{- $faults = append $faults (printf "%s holds a password or a token in the clear, as in an address with user:password@: put it into a Secret and name that, for a variable in secretSettings" $path) }}
{{- end }}
{{- toJson (uniq $faults) }}
{{- end }}

{{- /* The paths of texts in which a secret stands. Takes dict path, value. */ -}}
{{- define "cortex.openSecrets" -}}
{{- $paths := list }}
{{- $path := .path }}
{{- if kindIs "map" .value }}
{{- range $name, $each := .value }}{{ $paths = concat $paths (include "cortex.openSecrets" (dict "path" (printf "%s.%s" $path $name | trimPrefix ".") "value" $each) | fromJsonArray) }}{{ end }}
{{- else if kindIs "slice" .value }}
{{- range $index, $each := .value }}{{ $paths = concat $paths (include "cortex.openSecrets" (dict "path" (printf "%s[%d]" $path $index) "value" $each) | fromJsonArray) }}{{ end }}
{{- else if kindIs "string" .value }}
{{- if regexMatch "(?i)[a-z][a-z0-9+.-]*://[^/?#\\s\"'@]+@|\\b(bearer|basic) +[a-z0-9+/_=.-]{8}|-----BEGIN [A-Z ]*PRIVATE KEY|\\b(ghp_|gho_|ghs_|github_pat_|glpat-|sk-ant-|xox[abp]-|AKIA)[a-z0-9]|\\beyJ[a-z0-9_-]+\\.eyJ" .value }}{{ $paths = list $path }}{{ end }}
{{- end }}
{{- toJson $paths }}
{{- end }}
