import { cva } from 'class-variance-authority';
import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { useT } from '#app/i18n/index.ts';

const panelStyle = cva('fixed z-50 flex flex-col overflow-clip border border-line bg-surface text-ink shadow-float focus:outline-none', {
  variants: {
    place: {
      center:
        'inset-x-3 top-1/2 mx-auto max-h-[calc(100dvh-1.5rem)] max-w-lg -translate-y-1/2 rounded-xl data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-98',
      wide: 'inset-x-3 top-1/2 mx-auto max-h-[calc(100dvh-1.5rem)] max-w-3xl -translate-y-1/2 rounded-xl data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-98',
      side: 'inset-y-0 right-0 w-full max-w-xl border-y-0 border-r-0 data-[state=open]:animate-in data-[state=open]:slide-in-from-right-8 data-[state=open]:fade-in-0',
    },
  },
});

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  children: ReactNode;
  /** Buttons, held at the bottom. */
  footer?: ReactNode;
  place?: 'center' | 'wide' | 'side';
  /** Neither Esc nor a click beside it closes the dialog. */
  sticky?: boolean;
}

/** A dialog in the middle, or a drawer from the right (`place="side"`). The focus stays inside and returns where it was. */
export function Dialog({ open, onClose, title, description, children, footer, place = 'center', sticky = false }: DialogProps) {
  const t = useT();
  const hold = (event: Event) => {
    if (sticky) event.preventDefault();
  };
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 bg-black/45 data-[state=open]:animate-in data-[state=open]:fade-in-0" />
        <Radix.Content
          className={panelStyle({ place })}
          {...(description ? {} : { 'aria-describedby': undefined })}
          onEscapeKeyDown={hold}
          onInteractOutside={hold}
        >
          <header className="flex items-start gap-3 border-b border-line px-5 pt-4 pb-3.5">
            <div className="min-w-0 flex-1">
              <Radix.Title className="font-display text-xl leading-7 font-semibold">{title}</Radix.Title>
              {description && <Radix.Description className="mt-1 text-sm text-muted">{description}</Radix.Description>}
            </div>
            <Radix.Close
              className="-mr-2 grid size-8 shrink-0 place-items-center rounded-md text-muted hover:bg-sunken hover:text-ink"
              aria-label={t('ui.close')}
            >
              <X className="size-5" aria-hidden />
            </Radix.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4 empty:hidden [scroll-padding-block:1rem]">{children}</div>
          {footer && (
            <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-line bg-paper/60 px-5 py-3">{footer}</footer>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
