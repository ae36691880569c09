import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';

export interface Tab {
  id: string;
  label: ReactNode;
  content: ReactNode;
}

/** Tabs whose choice is in the address (`?tab=`), so that a link or Back returns to it. Only the open one is drawn. */
export function Tabs({ tabs, label }: { tabs: readonly Tab[]; label: string }) {
  const [search, setSearch] = useSearchParams();
  const first = tabs[0]?.id ?? '';
  const asked = search.get('tab') ?? first;
  const open = tabs.some((tab) => tab.id === asked) ? asked : first;
  return (
    <Radix.Root
      value={open}
      // Another tab is another list: its page, filter and sort start anew.
      onValueChange={(id) => setSearch(id === first ? {} : { tab: id }, { preventScrollReset: true })}
    >
      <div className="-mx-4 overflow-x-auto px-4 md:mx-0 md:px-0">
        <Radix.List aria-label={label} className="flex min-w-max gap-1 border-b border-line">
          {tabs.map((tab) => (
            <Radix.Trigger
              key={tab.id}
              value={tab.id}
              className="-mb-px flex h-10 items-center gap-2 border-b-2 border-transparent px-3 font-medium text-muted hover:text-ink focus-visible:outline-offset-[-3px] data-[state=active]:border-brass-bright data-[state=active]:text-ink"
            >
              {tab.label}
            </Radix.Trigger>
          ))}
        </Radix.List>
      </div>
      {tabs.map((tab) => (
        <Radix.Content key={tab.id} value={tab.id} className="pt-5 focus-visible:outline-offset-4">
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
