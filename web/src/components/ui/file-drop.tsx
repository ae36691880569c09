import { FileUp } from 'lucide-react';
import { type DragEvent, useId, useState } from 'react';
import { cn } from '#app/lib/cn.ts';

/** Choose a file by click, by keyboard or by dragging it here. */
export function FileDrop(props: { label: string; hint: string; accept: string; onFile: (file: File) => void; disabled?: boolean }) {
  const id = useId();
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file && !props.disabled) props.onFile(file);
  };
  return (
    <div className="relative">
      <input
        id={id}
        type="file"
        accept={props.accept}
        disabled={props.disabled}
        className="peer sr-only"
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file) props.onFile(file);
          event.target.value = '';
        }}
      />
      <label
        htmlFor={id}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
        className={cn(
          'flex flex-col items-center gap-1 rounded-lg border-2 border-dashed border-edge/70 bg-raised px-6 py-10 text-center hover:border-primary peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2 peer-focus-visible:outline-primary',
          over && 'border-primary bg-primary-soft',
        )}
      >
        <FileUp className="mb-1 size-7 text-primary" aria-hidden />
        <span className="font-medium">{props.label}</span>
        <span className="text-xs text-muted">{props.hint}</span>
      </label>
    </div>
  );
}
