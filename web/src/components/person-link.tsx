import { Link } from 'react-router';

/** A number, as a link to its subscriber where it has one and the reader may see him. */
export const PersonLink = ({ id, text, admin }: { id: number | null | undefined; text: string; admin: boolean }) =>
  id && admin ? (
    <Link to={`/admin/subscribers/${id}`} className="inline-flex min-h-6 items-center rounded text-primary hover:underline">
      {text}
    </Link>
  ) : (
    <span>{text}</span>
  );
