namespace NixSharp.MSBuild;

/// <summary>Reports on the thread that makes them, so that none comes after the task has ended.</summary>
internal sealed class InlineProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
