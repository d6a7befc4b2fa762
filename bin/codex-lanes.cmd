@echo off
rem `codex-lanes` in the editor's terminals, as in the script beside this one.
setlocal
set "program=%~dp0..\dist\codex-lanes.cjs"
if not defined CODEX_LANES_NODE goto path
if not exist "%CODEX_LANES_NODE%" goto path
set ELECTRON_RUN_AS_NODE=1
"%CODEX_LANES_NODE%" "%program%" %*
exit /b %ERRORLEVEL%
:path
node "%program%" %*
exit /b %ERRORLEVEL%
