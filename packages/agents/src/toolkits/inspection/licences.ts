import { Type } from '@sinclair/typebox'
import { defineRead } from '../../toolkit.ts'
import type { Repository } from '../workspace/repository.ts'
import { amount, cell, table } from './finding.ts'
import { packagesIn, type Package } from './inventory.ts'
import { gradeOf, grades, type Grade } from './licence-grade.ts'
import { Folder, readTexts } from './manifests.ts'

const why: Readonly<Record<Exclude<Grade, 'permissive'>, string>> = {
  'strong copyleft': 'Whoever passes the whole on, or serves it, may have to give away its source, or may not do it at all: have it looked at, or use another package',
  'not told': 'Without a licence nobody may use it: look it up at the package itself',
  'weak copyleft': 'Changes to the package itself have to be given away; using it unchanged is most often fine'
}
const rowsLimit = 300

/** Packages whose licence asks for more than a notice. */
export function inspectLicences (repository: Repository) {
  return defineRead({
    name: 'inspect_licences',
    description: 'Check the licences of packages as lock files of npm name them: strong copyleft, weak copyleft, none told. Python and Go files name none; those packages are counted.',
    input: Type.Object({ folder: Type.Optional(Folder) }, { additionalProperties: false }),
    async run ({ folder }) {
      const commit = await repository.head()
      const { texts } = await readTexts(repository, folder)
      const packages = [...texts].flatMap(([path, text]) => packagesIn(path, text))
      // The project itself and what its files cannot say is no finding.
      const judged = packages.filter(({ ecosystem }) => ecosystem === 'npm').map((each) => ({ ...each, grade: gradeOf(each.licence) }))
      const silent = packages.filter(({ ecosystem }) => ecosystem !== 'npm' && ecosystem !== 'npm, own').length
      const findings = judged.filter(({ grade }) => grade !== 'permissive').sort((a, b) => grades.indexOf(b.grade) - grades.indexOf(a.grade) || (a.name < b.name ? -1 : 1))
      const count = (grade: Grade) => findings.filter((each) => each.grade === grade).length
      const scope = `commit ${commit.slice(0, 12)}, ${amount(packages.length, 'package')}${folder ? ` of ${folder}` : ''}`
      return {
        summary: `${amount(findings.length, 'package')} to look at (${count('strong copyleft')} strong copyleft, ${count('weak copyleft')} weak copyleft, ${count('not told')} without a licence) in ${scope}`,
        text: reportOf(findings, { scope, silent, permissive: judged.length - findings.length }),
        facts: { total: findings.length, strong: count('strong copyleft'), weak: count('weak copyleft'), untold: count('not told'), silent, judged: judged.length, scope, findings: findings.slice(0, rowsLimit).map(({ name, version, licence, grade, path }) => ({ name, version, licence, grade, path })) }
      }
    }
  })
}

function reportOf (findings: ReadonlyArray<Package & { grade: Grade }>, { scope, silent, permissive: mild }: { scope: string, silent: number, permissive: number }): string {
  const shown = findings.slice(0, rowsLimit)
  const found = grades.toReversed().filter((grade): grade is keyof typeof why => grade !== 'permissive' && shown.some((each) => each.grade === grade))
  return [
    '# Licence check', '', `Looked at ${scope}; ${amount(mild, 'package')} under a licence that asks for a notice only.`, '',
    shown.length === 0 ? 'No package to look at was found.' : table(['Package', 'Version', 'Licence', 'Kind', 'Direct', 'From'], shown.map((each) => [cell(each.name), cell(each.version), cell(each.licence), each.grade, each.direct ? 'yes' : 'no', cell(each.path)])),
    ...(findings.length > shown.length ? ['', `${findings.length - shown.length} more are not shown; check one folder at a time.`] : []),
    ...(found.length > 0 ? ['', ...found.map((grade) => `- ${grade}: ${why[grade]}.`)] : []),
    ...(silent > 0 ? ['', `${amount(silent, 'package')} of Python and Go are not judged: their files name no licence.`] : []),
    '', 'This is no legal advice: it reads what lock files say, not the licences themselves.'
  ].join('\n')
}
