// The extension host polls its parent in JavaScript too; the native addon only covers a blocked event loop.
exports.start = () => {};
exports.exit = (code) => process.exit(code || 0);
