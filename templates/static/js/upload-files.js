// Files of an upload: their sizes in words, and how they are divided into requests that the server takes.
const units = ["B", "kB", "MB", "GB", "TB"];
const room = 64 * 1024; /* what a request holds besides the files */

export function size(bytes) {
  let i = 0;
  while (bytes >= 1000 && i < units.length - 1) {
    bytes /= 1000;
    i++;
  }
  return `${bytes < 10 && i ? bytes.toFixed(1) : Math.round(bytes)} ${units[i]}`;
}

export const total = (files) => files.reduce((sum, file) => sum + file.size, 0);

/** {parts} of at most so many files and bytes, at least one; a file too large for a request is a part of its own, after the others.
 * {problem} when a file is too large for that too. */
export function batches(files, mostFiles, mostBytes, mostPieces) {
  const large = files.filter((file) => file.size + room > mostBytes);
  const tooLarge = large.find((file) => file.size > mostPieces);
  const parts = [[]];
  let bytes = 0;

  if (tooLarge) return { problem: `“${tooLarge.name}” has ${size(tooLarge.size)}, the server takes ${size(Math.max(mostBytes, mostPieces))} at most. Nothing was sent.` };
  for (const file of files) {
    if (large.includes(file)) continue;
    if (parts.at(-1).length === mostFiles || bytes + file.size + room > mostBytes) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1).push(file);
    bytes += file.size;
  }
  return { parts: [...parts, ...large.map((file) => Object.assign([file], { inPieces: true }))] };
}
