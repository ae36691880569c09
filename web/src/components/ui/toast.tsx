import { Toaster as Sonner } from 'sonner';
import { useTheme } from '#app/lib/theme.ts';

export { toast } from 'sonner';

export const Toaster = () => (
  <Sonner
    theme={useTheme()}
    position="bottom-right"
    closeButton
    duration={6000}
    toastOptions={{
      classNames: {
        toast: '!rounded-lg !border-line !bg-raised !text-ink !shadow-float !font-sans',
        description: '!text-muted',
        closeButton: '!bg-raised !text-muted !border-line',
      },
    }}
  />
);
