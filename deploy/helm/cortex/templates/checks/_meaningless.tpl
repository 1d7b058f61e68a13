{{- /* Values that fit the schema one by one and cannot be meant. */ -}}
{{- define "cortex.meaninglessRefused" -}}
{{- $faults := list }}
{{- $v := .Values }}
{{- $name := include "cortex.name" . }}
{{- if not (regexMatch "^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$" $name) }}{{ $faults = append $faults (printf "objects would be named %s, and a Service begins with a letter and has room for 40 characters: set nameOverride" $name) }}{{ end }}
{{- $signIn := $v.signIn }}
{{- if eq (toJson $signIn.serviceToken) (toJson $signIn.workerToken) }}{{ $faults = append $faults "signIn.workerToken is signIn.serviceToken, which may do everything: name the key with the token that is derived from it" }}{{ end }}
{{- if and $signIn.proxy.groupsHeader (not $signIn.proxy.nameHeader) }}{{ $faults = append $faults "signIn.proxy.nameHeader is missing: signIn.proxy.groupsHeader says of whom nobody knows" }}{{ end }}
{{- if and (or $v.model.chat $v.model.worker) (eq (include "cortex.modelKind" .) "rules") (ne $v.model.chat "cortex-rules-1") }}{{ $faults = append $faults "model names a model and nobody who has it: set model.secret.name, or model.baseUrl" }}{{ end }}
{{- if and $v.orchestrator.taskFiles.existingClaim (eq $v.store "sqlite") }}{{ $faults = append $faults "orchestrator.taskFiles.existingClaim is set and store is sqlite, where task files are in the volume of the tasks: take it away" }}{{ end }}
{{- $faults = concat $faults (include "cortex.scheduleRefused" . | fromJsonArray) }}
{{- with $v.backup }}
{{- if and .enabled (eq $v.workspace.accessMode "ReadWriteOncePod") }}{{ $faults = append $faults "workspace.accessMode is ReadWriteOncePod, and backup.enabled needs a second pod on it: set ReadWriteOnce" }}{{ end }}
{{- if and .databaseImage (eq $v.store "sqlite") }}{{ $faults = append $faults "backup.databaseImage is set and store is sqlite, which needs no tools of PostgreSQL: take it away" }}{{ end }}
{{- end }}
{{- if and $v.ingress.enabled $v.gateway.enabled }}{{ $faults = append $faults "ingress.enabled and gateway.enabled are both set: browsers must find the page under one name, by one way" }}{{ end }}
{{- if and $v.gateway.enabled (not $v.gateway.hostnames) (not $signIn.publicUrl) }}{{ $faults = append $faults "gateway.hostnames is missing: the page answers under one name only" }}{{ end }}
{{- with $v.gateway.hostnames }}
{{- $host := regexReplaceAll "^https?://([^:/]+).*$" (include "cortex.publicUrl" $) "${1}" }}
{{- if and $v.gateway.enabled (not (has $host .)) }}{{ $faults = append $faults (printf "signIn.publicUrl has the name %s, which is none of gateway.hostnames: browsers must find the page under one name" $host) }}{{ end }}
{{- end }}
{{- $known := include "cortex.knownMasters" . | fromJsonArray }}
{{- $worked := list }}{{ $all := false }}
{{- range $v.workers.pools }}
{{- if not .masters }}{{ $all = true }}{{ end }}
{{- $pool := .name }}
{{- range .masters }}
{{- if not (has . $known) }}{{ $faults = append $faults (printf "workers.pools %s works for %s, and there is no such master, only %s" $pool . (join ", " (uniq $known))) }}{{ end }}
{{- $worked = append $worked . }}
{{- end }}
{{- if gt (len (printf "%s-workers-%s" $name .name)) 52 }}{{ $faults = append $faults (printf "workers.pools %s: %s-workers-%s has more than 52 characters, and pods are named after it: choose shorter names, or nameOverride" .name $name .name) }}{{ end }}
{{- end }}
{{- $left := list }}{{ range uniq $known }}{{ if not (has . $worked) }}{{ $left = append $left . }}{{ end }}{{ end }}
{{- if and $left (not $all) }}{{ $faults = append $faults (printf "no pool of workers.pools works for %s, so tasks for them would wait for ever: name them, or leave one pool without masters" (join ", " $left)) }}{{ end }}
{{- $sized := list (dict "at" "orchestrator" "of" $v.orchestrator) (dict "at" "chat" "of" $v.chat) (dict "at" "planner" "of" $v.planner) (dict "at" "workers" "of" $v.workers) (dict "at" "backup" "of" $v.backup) }}
{{- range $v.workers.pools }}{{ $sized = append $sized (dict "at" (printf "workers.pools %s" .name) "of" .) }}{{ end }}
{{- range $each := $sized }}
{{- with $each.of.resources }}
{{- range $what := list "cpu" "memory" }}
{{- $asked := index $each.of.resources.requests $what }}{{ $most := index $each.of.resources.limits $what }}
{{- if gt (include "cortex.amount" $asked | float64) (include "cortex.amount" $most | float64) }}{{ $faults = append $faults (printf "%s.resources requests %v of %s, which is more than its limit of %v" $each.at $asked $what $most) }}{{ end }}
{{- end }}
{{- end }}
{{- end }}
{{- toJson $faults }}
{{- end }}

{{- /* An amount as Kubernetes writes it, as a number. */ -}}
{{- define "cortex.amount" -}}
{{- $number := regexFind "^[0-9.]+" (toString .) | float64 }}
{{- $unit := regexFind "[A-Za-z]+$" (toString .) }}
{{- mulf $number (get (dict "" 1.0 "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0) $unit) }}
{{- end }}
