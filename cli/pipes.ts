/**
 * A reader that has seen enough (`| head`) is no error: what is written to it goes nowhere, and the work is finished, so
 * that no file is left half written. Any other error of the streams is thrown as before.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
}
