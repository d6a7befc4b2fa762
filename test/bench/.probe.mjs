import { execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectCodex } from '../tools/platform.mjs';
import { openBenchFolder, openEndpoint, configureCodex, bareEnvironment } from './app.mjs';
import { findGit } from '../../src/runtime/index.ts';
const folder = openBenchFolder();
const work = folder.workspace;
const git = (...args) => execFileSync('git', ['-c','user.name=x','-c','user.email=x@y','-c','gc.auto=0',...args], {cwd: work, stdio:'ignore'});
git('init','-q');
for (let at=0; at<200; at++){ const p=join(work,`folder-${at}`); mkdirSync(p); for(let i=0;i<500;i++) writeFileSync(join(p,`file-${i}.txt`),`file ${at} ${i}\n`);}
git('add','-A'); git('commit','-qm','x');
const upstream = await openEndpoint('instant');
let at=null; 
const server = createServer(async (req,res)=>{ const chunks=[]; if(req.method==='POST') at ??= performance.now(); for await (const c of req) chunks.push(c);
 const r = await fetch(upstream.url.replace(/\/v1$/,'')+req.url.replace(/^\/v1/, upstream.url.endsWith('/v1')?'/v1':''), {method:req.method, headers:{'content-type':'application/json', accept: 'text/event-stream'}, body: req.method==='POST'?Buffer.concat(chunks):undefined});
 res.writeHead(r.status, {'content-type': r.headers.get('content-type')??'text/plain'}); res.end(Buffer.from(await r.arrayBuffer())); });
await new Promise(r=>server.listen(0,'127.0.0.1',r));
const url=`http://127.0.0.1:${server.address().port}${new URL(upstream.url).pathname}`;
configureCodex(folder, url);
const g = await findGit(process.env);
async function once(look){
  at=null; const start=performance.now();
  const marks={};
  const child=spawn(projectCodex(), ['exec','--json','--sandbox','danger-full-access','--skip-git-repo-check','-'],{cwd:work, env:bareEnvironment(folder), stdio:['pipe','pipe','pipe']});
  child.stdin.end('say: hello');
  let job=null; const t=[];
  const go=()=>{ const s=performance.now(); job=g(work,['-c','core.preloadIndex=false','-c','index.threads=1','status','--porcelain=v2','-z','--branch','--untracked-files=all','--no-renames','--no-ahead-behind','--ignore-submodules=dirty',...(process.env.IGN?['--ignored=matching']:[])]).then(()=>{marks.status=performance.now()-s; marks.end=performance.now()-start;}); };
  if (look==='now') go(); if (look>0) setTimeout(go, look);
  let out='';
  child.stdout.setEncoding('utf8').on('data',d=>{ out+=d; for(const k of ['thread.started','turn.started','item.']) if(!(k in marks)&&out.includes(`"type":"${k}`)){ marks[k]=performance.now()-start; if(look===k) go(); }});
  let err=''; child.stderr.on('data',d=>err+=d);
  await new Promise(r=>child.once('close',r)); await job;
  if(at===null) console.log(err.slice(0,400), out.slice(0,400));
  return {req: at-start, ...marks};
}
const modes=['none','now',80,'thread.started'];
const all=Object.fromEntries(modes.map(m=>[m,[]]));
for(let i=0;i<11;i++) for(const m of modes){ const r=await once(m); if(i>0) all[m].push(r); }
const med=a=>a.sort((x,y)=>x-y)[a.length>>1];
for(const m of modes) console.log(m, Object.fromEntries(['req','thread.started','turn.started','item.','status','end'].map(k=>[k,Math.round(med(all[m].map(r=>r[k])))])));
server.close(); upstream.close(); folder.remove(); process.exit();
