{{- /* Fields of backup.schedule that cron knows no time for. */ -}}
{{- define "cortex.scheduleRefused" -}}
{{- $faults := list }}
{{- $fields := list
  (list "minute" "0 to 59" "[0-5]?[0-9]")
  (list "hour" "0 to 23" "2[0-3]|[01]?[0-9]")
  (list "day of the month" "1 to 31" "3[01]|[12][0-9]|0?[1-9]")
  (list "month" "1 to 12 or JAN to DEC" "1[0-2]|0?[1-9]|(?i:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)")
  (list "day of the week" "0 to 6 or SUN to SAT" "0?[0-6]|(?i:SUN|MON|TUE|WED|THU|FRI|SAT)")
}}
{{- $texts := splitList " " .Values.backup.schedule }}
{{- range $index, $field := $fields }}
{{- $text := "" }}{{ if lt $index (len $texts) }}{{ $text = index $texts $index }}{{ end }}
{{- $one := printf "([*?]|(%[1]s)(-(%[1]s))?)(/[1-9][0-9]?)?" (index $field 2) }}
{{- if not (regexMatch (printf "^%[1]s(,%[1]s)*$" $one) $text) }}{{ $faults = append $faults (printf "backup.schedule is %s, and its %s, %s, must be of %s" $.Values.backup.schedule (index $field 0) $text (index $field 1)) }}{{ end }}
{{- end }}
{{- toJson $faults }}
{{- end }}
