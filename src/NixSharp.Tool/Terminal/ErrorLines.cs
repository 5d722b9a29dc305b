namespace NixSharp.Tool.Terminal;

/// <summary>Lines of a log, on standard error.</summary>
internal sealed class ErrorLines : IProgress<string>
{
    public void Report(string value) => Console.Error.WriteLine(value);
}
