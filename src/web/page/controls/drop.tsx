import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";

/** A file that the user gave, as text. It does not leave the browser. */
export interface DroppedFile {
  readonly name: string;
  readonly text: string;
}

export interface DropProps {
  readonly label: string;
  /** endings of the files: ".csv" */
  readonly accept: string;
  readonly multiple?: boolean;
  readonly onFiles: (files: readonly DroppedFile[]) => void;
}

/** A place to drop files on, which is also a button that chooses them. */
export function Drop({ label, accept, multiple = false, onFiles }: DropProps): JSX.Element {
  const id = useId();
  const [isOver, setIsOver] = useState(false);
  const take = (files: FileList | null | undefined): void => {
    const read = [...(files ?? [])].map(async (file) => ({ name: file.name, text: await file.text() }));
    void Promise.all(read).then((found) => found.length > 0 && onFiles(found));
  };
  return (
    <div
      class={isOver ? "drop over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <label for={id}>{label}</label>
      <input
        id={id}
        type="file"
        accept={accept}
        multiple={multiple}
        onChange={({ currentTarget }) => {
          take(currentTarget.files);
          currentTarget.value = "";
        }}
      />
    </div>
  );
}
