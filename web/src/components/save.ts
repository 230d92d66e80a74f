/** Hands a file to the browser to be saved. */
export function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  /* Kept until the browser has begun to save it. */
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
