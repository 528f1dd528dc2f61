import { useRouter } from "@tanstack/react-router";

interface Props extends React.AnchorHTMLAttributes<HTMLAnchorElement> {
  href: string; // a path of ours
}

// A link within the page that costs next to nothing to draw: the router's own computes its address
// and watches the whole location, which a list of thousands that is scrolled feels.
export function PlainLink({ href, children, ...rest }: Props) {
  const router = useRouter();
  return (
    <a
      {...rest}
      href={href}
      onClick={(event) => {
        const isOwn = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
        if (isOwn || event.button !== 0) return;
        event.preventDefault();
        router.history.push(href);
      }}
    >
      {children}
    </a>
  );
}
