{{- /* Secrets that stand in the values: helm keeps those in the release, where whoever may read it finds them. Known by the name of a setting, or by what is written anywhere. */ -}}
{{- define "cortex.secretsRefused" -}}
{{- $faults := list }}
{{- range $part := concat (list .Values.orchestrator .Values.chat .Values.workers) .Values.workers.pools }}
{{- range $name, $value := $part.settings }}
{{- if include "cortex.namedSecret" (dict "name" $name "value" $value) }}{{ $faults = append $faults (printf "settings hold %s in the clear: put it into a Secret and name that in secretSettings, %s: {name, key}" $name $name) }}{{ end }}
{{- end }}
{{- end }}
{{- range $path := include "cortex.namedSecrets" (dict "path" "workers.files.toolkits" "value" (fromYaml .Values.workers.files.toolkits)) | fromJsonArray }}
{{- $faults = append $faults (printf "%s stands in the clear: put it into a Secret, take that into a variable by workers.secretSettings, and name the variable in headers_from or env_from" $path) }}
{{- end }}
{{- $forms := get (.Files.Get "files/token-forms.yaml" | fromYaml) "forms" }}
{{- range $path := include "cortex.openSecrets" (dict "path" "" "value" (omit .Values "global") "forms" (printf "(?:%s)" (join ")|(?:" $forms))) | fromJsonArray }}
{{- $faults = append $faults (printf "%s holds a password or a token in the clear, as in an address with user:password@ or ?key=: put it into a Secret and name that, for a variable in secretSettings" $path) }}
{{- end }}
{{- toJson (uniq $faults) }}
{{- end }}

{{- /* The paths of texts in which a secret stands. Takes dict path, value, forms: what a token looks like. */ -}}
{{- define "cortex.openSecrets" -}}
{{- $paths := list }}
{{- $path := .path }}
{{- if kindIs "map" .value }}
{{- range $name, $each := .value }}{{ $paths = concat $paths (include "cortex.openSecrets" (dict "path" (printf "%s.%s" $path $name | trimPrefix ".") "value" $each "forms" $.forms) | fromJsonArray) }}{{ end }}
{{- else if kindIs "slice" .value }}
{{- range $index, $each := .value }}{{ $paths = concat $paths (include "cortex.openSecrets" (dict "path" (printf "%s[%d]" $path $index) "value" $each "forms" $.forms) | fromJsonArray) }}{{ end }}
{{- else if kindIs "string" .value }}
{{- if regexMatch "(?i)[a-z][a-z0-9+.-]*://[^/?#\\s\"'@]+@|\\b(bearer|basic) +[a-z0-9+/_=.-]{8}|-----BEGIN [A-Z ]*PRIVATE KEY|\\b(ghp_|gho_|ghs_|github_pat_|glpat-|sk-ant-|sk-proj-|xox[abp]-|AKIA)[a-z0-9]|\\beyJ[a-z0-9_-]+\\.eyJ|[?&;](api[_-]?key|key|[a-z_-]*token|secret|client[_-]secret|password|passwd|pwd|sig|signature|auth)=[^\\s$&{<\"']" .value }}{{ $paths = list $path }}
{{- else if and (ge (len .value) 16) (regexMatch .forms .value) }}{{ $paths = list $path }}
{{- end }}
{{- end }}
{{- toJson $paths }}
{{- end }}

{{- /* Whether what has this name holds a secret when it has this value: empty, or true. Takes dict name, value. */ -}}
{{- define "cortex.namedSecret" -}}
{{- $name := regexReplaceAll "([a-z0-9])([A-Z])" .name "${1}_${2}" | upper | replace "-" "_" }}
{{- $value := toString .value }}
{{- $for := "(_?[0-9]{1,3}|_(PROD|PRODUCTION|LIVE|STAGING|STAGE|DEV|TEST|QA|OLD|NEW|RO|RW|READ|WRITE|ADMIN|ROOT|APP|PRIMARY|SECONDARY))?$" }}
{{- $long := "PASSWORD|PASSWD|PASSPHRASE|PASSCODE|SECRET|CREDENTIAL|COOKIE|TOKEN|APIKEY|(^|_)(KEYS?|HEADERS|AUTH|AUTHORIZATION|DSN|PAT|CREDS?|JWT|SALT)(_|$)|^DATABASE_URL$" }}
{{- /* What is written short is also a part of other words: COMPASS, PASS_THROUGH. */}}
{{- $short := printf "(^|_)(DB|PG|MYSQL|REDIS|SMTP|LDAP|ROOT|ADMIN|USER|BIND)?(PASS|PWD|PW)%s" $for }}
{{- /* A number of tokens, a file with the secret, a switch, the folder a shell is in. */}}
{{- $harmless := or (eq $value "") (has $value (list "true" "false")) (regexMatch "_(FILE|PATH|DIR)$" $name) (and (regexMatch "_TOKENS$" $name) (regexMatch "^[0-9.e+]*$" $value)) (and (eq $name "PWD") (hasPrefix "/" $value)) }}
{{- if and (regexMatch (printf "%s|%s" $long $short) $name) (not $harmless) }}true{{ end }}
{{- end }}

{{- /* The paths of texts that stand under the name of a secret. What names a variable holds none. Takes dict path, value. */ -}}
{{- define "cortex.namedSecrets" -}}
{{- $paths := list }}
{{- $path := .path }}
{{- if kindIs "map" .value }}
{{- range $name, $each := .value }}
{{- $at := printf "%s.%s" $path $name }}
{{- if or (hasSuffix "_from" $name) (eq $name "risks") }}
{{- else if kindIs "string" $each }}
{{- if and (not (hasPrefix "$" $each)) (include "cortex.namedSecret" (dict "name" $name "value" $each)) }}{{ $paths = append $paths $at }}{{ end }}
{{- else }}{{ $paths = concat $paths (include "cortex.namedSecrets" (dict "path" $at "value" $each) | fromJsonArray) }}
{{- end }}
{{- end }}
{{- else if kindIs "slice" .value }}
{{- range $index, $each := .value }}{{ $paths = concat $paths (include "cortex.namedSecrets" (dict "path" (printf "%s[%d]" $path $index) "value" $each) | fromJsonArray) }}{{ end }}
{{- end }}
{{- toJson $paths }}
{{- end }}
