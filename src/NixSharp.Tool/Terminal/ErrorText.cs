namespace NixSharp.Tool.Terminal;

/// <summary>How an error reads on a terminal.</summary>
internal static class ErrorText
{
    public static string Of(Exception error, bool verbose) => error switch
    {
        _ when verbose => $"error: {CodeOf(error)}{error}",
        NixException => $"error: {CodeOf(error)}{error.Message}",
        IOException or UnauthorizedAccessException => $"error: {error.Message}",
        _ => $"error: {error.Message} (this is a fault in nixsharp; run it again with --verbose and report what it prints)",
    };

    private static string CodeOf(Exception error) => error is NixException known ? $"{known.Code}: " : "";
}
