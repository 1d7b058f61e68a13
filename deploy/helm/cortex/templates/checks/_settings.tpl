{{- /* Settings nobody reads, read by another part, set by the chart, or with a value the program refuses at its start. */ -}}
{{- define "cortex.settingsRefused" -}}
{{- $faults := list }}
{{- $v := .Values }}
{{- $ours := list "HOST" "PORT" "ORCHESTRATOR_PORT" "ORCHESTRATOR_URL" "AGENTS_PORT" "LOG_LEVEL" "CORTEX_HOME" "TASKS_DIR" "CORTEX_WORKSPACE" "CORTEX_MAKE_WORKSPACE" "CORTEX_AGENT_ID" "CORTEX_ONLY_MASTERS" "CORTEX_NAMESPACES" "CORTEX_USERS" "CORTEX_PUBLIC_URL" "CORTEX_MODEL_KIND" "CORTEX_POLICY" "CORTEX_TOOLKITS" "CORTEX_PRICES" "CORTEX_MASTERS" "OTEL_EXPORTER_OTLP_ENDPOINT" "OTEL_TRACES_SAMPLER_ARG" }}
{{- $known := .Files.Get "files/settings.yaml" | fromYaml }}
{{- /* What Node, its libraries and the system read. */}}
{{- $general := "^(NODE_|OTEL_|SSL_|PG|LC_|(TZ|LANG|HTTP_PROXY|HTTPS_PROXY|NO_PROXY|ALL_PROXY)$)" }}
{{- $places := list (list "orchestrator" "orchestrator" $v.orchestrator) (list "chat" "chat" $v.chat) (list "agents" "workers" $v.workers) }}
{{- range $v.workers.pools }}{{ $places = append $places (list "agents" (printf "workers.pools %s:" .name) .) }}{{ end }}
{{- range $place := $places }}
{{- $reader := index $place 0 }}{{ $where := index $place 1 }}{{ $part := index $place 2 }}
{{- range $name, $value := $part.settings }}
{{- if hasKey ($part.secretSettings | default dict) $name }}{{ $faults = append $faults (printf "%s stands in settings and in secretSettings" $name) }}{{ end }}
{{- end }}
{{- range $name, $value := merge (dict) ($part.settings | default dict) ($part.secretSettings | default dict) }}
{{- if has $name $ours }}{{ $faults = append $faults (printf "settings hold %s, which the chart sets from other values" $name) }}
{{- else if not (hasKey (index $known $reader) $name) }}
{{- $readers := list }}
{{- range $other, $names := $known }}{{ if hasKey $names $name }}{{ $readers = append $readers (eq $other "agents" | ternary "workers" $other) }}{{ end }}{{ end }}
{{- if $readers }}{{ $faults = append $faults (printf "%s settings hold %s, which is read by %s alone: put it there" $where $name (join " and " $readers)) }}
{{- else if or (hasPrefix "CORTEX_" $name) (and (ne $reader "agents") (not (regexMatch $general $name))) }}{{ $faults = append $faults (printf "%s settings hold %s, which nothing reads: docs/configuration.md has the names" $where $name) }}{{ end }}
{{- else if hasKey ($part.settings | default dict) $name }}
{{- with include "cortex.settingFault" (dict "rule" (index $known $reader $name) "value" (toString $value)) }}{{ $faults = append $faults (printf "%s settings hold %s, which %s" $where $name .) }}{{ end }}
{{- end }}
{{- end }}
{{- end }}
{{- toJson $faults }}
{{- end }}

{{- /* What is wrong with the value of a setting; empty when nothing is. One that is empty counts as not set. Takes dict rule, value. */ -}}
{{- define "cortex.settingFault" -}}
{{- $rule := .rule }}
{{- $text := .value }}
{{- if eq $text "" }}
{{- else if has $rule.type (list "integer" "number") }}
{{- if not (regexMatch "^[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]{1,2})?$" $text) }}must be a number
{{- else }}
{{- $number := float64 $text }}
{{- if and (eq $rule.type "integer") (ne $number (floor $number)) }}must be a whole number
{{- else if and (hasKey $rule "minimum") (lt $number (float64 $rule.minimum)) }}must be {{ int64 $rule.minimum }} or more
{{- else if and (hasKey $rule "maximum") (gt $number (float64 $rule.maximum)) }}must be {{ int64 $rule.maximum }} or less
{{- end }}
{{- end }}
{{- else if eq $rule.type "boolean" }}
{{- if not (has $text (list "true" "false")) }}must be true or false{{ end }}
{{- else if hasKey $rule "values" }}
{{- if not (has $text $rule.values) }}must be one of "{{ join "\", \"" $rule.values }}", in quotes{{ end }}
{{- else if and (hasKey $rule "minLength") (lt (len $text) (int $rule.minLength)) }}must have {{ $rule.minLength }} characters or more
{{- else if and (hasKey $rule "maxLength") (gt (len $text) (int $rule.maxLength)) }}must have {{ $rule.maxLength }} characters or fewer
{{- else if and (hasKey $rule "pattern") (not (regexMatch $rule.pattern $text)) }}must look like {{ $rule.pattern }}
{{- end }}
{{- end }}
