/** The files of a drop, and those in folders that were dropped: a model of TF.js is one. */

/** Enough for any model in shards; nobody means to drop more. */
const MOST_FILES = 1000;

export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  // Entries are known only while the drop is being told of: before the first await.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry());
  const plain = Array.from(transfer.files);
  if (!entries.some((entry) => entry?.isDirectory)) return plain;
  const found = await Promise.all(entries.filter((entry) => entry !== null).map(filesIn));
  return found.flat().slice(0, MOST_FILES);
}

/** Of a folder those right in it, without hidden ones. */
async function filesIn(entry: FileSystemEntry): Promise<File[]> {
  if (isFile(entry)) return [await fileOf(entry)];
  const inside = await entriesOf(entry as FileSystemDirectoryEntry);
  return Promise.all(
    inside
      .filter(isFile)
      .filter(({ name }) => !name.startsWith('.'))
      .map(fileOf),
  );
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** Browsers give a hundred at a time. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  while (all.length < MOST_FILES) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) break;
    all.push(...some);
  }
  return all;
}
