{{- /* The operator's files: their texts by where they stand in the values. */ -}}
{{- define "cortex.fileTexts" -}}
{{- $texts := dict }}
{{- range $file := list "policy" "toolkits" "prices" }}{{ with index $.Values.workers.files $file }}{{ $_ := set $texts $file . }}{{ end }}{{ end }}
{{- range $file, $text := .Values.workers.files.masters }}{{ $_ := set $texts (printf "masters.%s" $file) $text }}{{ end }}
{{- toJson $texts }}
{{- end }}

{{- define "cortex.knownMasters" -}}
{{- $known := list "development-master" "security-master" "infrastructure-master" "inventory-master" "cicd-master" "general-master" }}
{{- range $file, $text := .Values.workers.files.masters }}{{ $known = append $known (get (fromYaml $text) "id" | default $file | toString) }}{{ end }}
{{- toJson $known }}
{{- end }}

{{- /* What a file says is read by the workers, long after helm was content with it. */ -}}
{{- define "cortex.filesRefused" -}}
{{- $faults := list }}
{{- $documents := .Files.Get "files/documents.yaml" | fromYaml }}
{{- range $file, $text := include "cortex.fileTexts" . | fromJson }}
{{- $document := fromYaml $text }}
{{- $fields := index $documents (first (splitList "." $file)) }}
{{- if hasKey $document "Error" }}{{ $faults = append $faults (printf "workers.files.%s is no map in YAML: %s" $file (get $document "Error")) }}
{{- else }}
{{- range $field, $_ := $document }}
{{- if not (has $field $fields.known) }}{{ $faults = append $faults (printf "workers.files.%s has %s, which would be refused at the start: it may have %s" $file $field (join ", " $fields.known)) }}{{ end }}
{{- end }}
{{- $missing := list }}{{ range $fields.required }}{{ if not (hasKey $document .) }}{{ $missing = append $missing . }}{{ end }}{{ end }}
{{- with $missing }}{{ $faults = append $faults (printf "workers.files.%s has no %s, without which it would be refused at the start" $file (join ", " .)) }}{{ end }}
{{- end }}
{{- end }}
{{- toJson $faults }}
{{- end }}
