import { ChevronRight } from 'lucide-react';
import { Fragment, type ReactNode, useEffect } from 'react';
import { Link } from 'react-router';

export interface Crumb {
  label: string;
  to: string;
}

export interface PageHeaderProps {
  title: ReactNode;
  /** The document's title when `title` is not plain text. */
  name?: string;
  text?: ReactNode;
  crumbs?: readonly Crumb[];
  actions?: ReactNode;
}

export function PageHeader({ title, name, text, crumbs, actions }: PageHeaderProps) {
  const plain = name ?? (typeof title === 'string' ? title : undefined);
  useEffect(() => {
    document.title = plain ? `${plain} · Dialtone` : 'Dialtone';
  }, [plain]);
  return (
    <header className="mb-5 flex flex-wrap items-end gap-x-4 gap-y-3">
      <div className="min-w-0 flex-1 basis-64">
        {crumbs && (
          <nav aria-label="Breadcrumb" className="mb-0.5 flex flex-wrap items-center gap-1 text-xs text-muted">
            {crumbs.map((crumb) => (
              <Fragment key={crumb.to}>
                <Link to={crumb.to} className="inline-flex min-h-6 items-center rounded hover:text-ink hover:underline">
                  {crumb.label}
                </Link>
                <ChevronRight className="size-3.5" aria-hidden />
              </Fragment>
            ))}
          </nav>
        )}
        <h1 className="font-display text-[1.625rem] leading-8 font-semibold tracking-tight">{title}</h1>
        {text && <div className="mt-1 max-w-3xl text-muted">{text}</div>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}
