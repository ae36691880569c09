import { type ReactNode, useEffect } from 'react';
import { cn } from '#app/lib/cn.ts';

/** The one card of a public page. */
export function FrontCard({
  title,
  text,
  wide = false,
  children,
}: {
  title: string;
  text?: ReactNode;
  wide?: boolean;
  children?: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Dialtone`;
  }, [title]);
  return (
    <section className={cn('mx-auto rounded-xl border border-line bg-surface p-6 shadow-float sm:p-8', wide ? 'max-w-3xl' : 'max-w-md')}>
      <h1 className="font-display text-2xl font-semibold tracking-tight">{title}</h1>
      {text && <p className="mt-1.5 text-muted">{text}</p>}
      <div className="mt-6">{children}</div>
    </section>
  );
}
