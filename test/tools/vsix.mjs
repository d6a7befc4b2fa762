// What is inside a package, read from the zip's own table of contents.
import { readFileSync } from 'node:fs';

/**
 * @param {string} path a .vsix file
 * @returns {Map<string, number>} bytes, unpacked, by path inside the archive
 * @throws when the file is no zip archive, or one of more than 4 GB
 */
export function readVsix(path) {
  const zip = readFileSync(path);
  // PKWARE APPNOTE 4.3.16: the end record is last but for a comment of at most 64 KB, which vsce does not write.
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error(`${path} is no zip archive`);
  const count = zip.readUInt16LE(end + 10);
  const files = new Map();
  let at = zip.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    // 4.3.12: fixed part of 46 bytes, then name, extra field and comment.
    if (zip.readUInt32LE(at) !== 0x02014b50) throw new Error(`${path}: entry ${index} is not where it should be`);
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    files.set(zip.toString('utf8', at + 46, at + 46 + name), zip.readUInt32LE(at + 24));
    at += 46 + name + extra + comment;
  }
  return files;
}
