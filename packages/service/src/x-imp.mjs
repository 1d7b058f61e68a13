import { createRequire } from 'node:module'
const require=createRequire(import.meta.url)
const order=process.argv.slice(2); let o=''
for (const m of order){ const a=process.cpuUsage(); if(m.startsWith('cjs:')) { require(m.slice(4)) } else await import(m); const c=process.cpuUsage(a); o+=`${m} ${((c.user+c.system)/1000).toFixed(0)}  ` }
console.log(o)
