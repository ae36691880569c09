import { useState } from 'react';
import { send } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { toSpokenWav, UnreadableSound } from '#app/lib/wav.ts';

interface SoundUpload {
  /** Where the sound is put and deleted. */
  readonly url: string;
  /** Of the file, without its ending. */
  readonly fileName: string;
  readonly saved: string;
  readonly unreadable: string;
  readonly onChanged: () => Promise<unknown>;
}

/** Replaces a sound on the server by a file of any format the browser reads, and takes it away. */
export function useSoundUpload({ url, fileName, saved, unreadable, onChanged }: SoundUpload) {
  const texts = useTexts();
  const [busy, setBusy] = useState(false);
  // A new recording has the same address: the player must not show the old one.
  const [version, setVersion] = useState(0);

  const request = async (method: 'PUT' | 'DELETE', body?: FormData) => {
    setBusy(true);
    const response = await send(new Request(url, { method, ...(body && { body }) })).catch((error: unknown) => error);
    const ok = response instanceof Response && response.ok;
    if (!ok) toast.error(problemText(response instanceof Response ? await response.json() : response, texts));
    await onChanged();
    setVersion((before) => before + 1);
    setBusy(false);
    return ok;
  };
  const upload = async (file: File) => {
    setBusy(true);
    try {
      const form = new FormData();
      form.append('file', await toSpokenWav(file), `${fileName}.wav`);
      if (await request('PUT', form)) toast.success(saved);
    } catch (error) {
      if (!(error instanceof UnreadableSound)) throw error;
      setBusy(false);
      toast.error(unreadable);
    }
  };
  return { busy, version, upload, remove: () => request('DELETE') };
}
