import { Component, type ReactNode } from "react";
import { ErrorState } from "@/ui";
import { CallError } from "@/lib/api";

/** A defect of a screen stays in that screen, and says so. */
export class Boundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const shown = new CallError("ConsoleDefect", error.message, "console");
    return <ErrorState error={shown} onRetry={() => this.setState({ error: null })} />;
  }
}
