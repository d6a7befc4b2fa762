// Same surface as @vscode/fs-copyfile (a native addon) on Node's own file system: without it the git extension stays off.
const fs = require('node:fs');

exports.cp = (source, target, options) => fs.promises.cp(source, target, options);
exports.copyFile = (source, target, mode) => fs.promises.copyFile(source, target, mode);
exports.copyFileSync = (source, target, mode) => fs.copyFileSync(source, target, mode);
exports.isCloneSupported = () => false;
exports.constants = fs.constants;
