using System.Globalization;
using NixSharp.Processes;

namespace NixSharp.Building;

/// <summary>The program that makes sandboxes.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="CanNameProgram">Whether it can run a program under another name: since 0.9.</param>
internal sealed record Bubblewrap(string Path, bool CanNameProgram)
{
    private static readonly Version FirstThatNames = new(0, 9);

    private static readonly ProcessCommand Command = new("bwrap", "--version") { InstallHint = "apt install bubblewrap" };

    /// <summary>Looks for it on PATH.</summary>
    /// <exception cref="NixStoreException">It is not there, or cannot be run.</exception>
    public static async Task<Bubblewrap> FindAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw Unavailable("only Linux has the namespaces that builders run in. Build through a daemon, on a Linux machine", null);
        }

        try
        {
            var path = Command.FindProgram();
            var printed = (await (Command with { }).RunAsync(cancellationToken).ConfigureAwait(false)).Output;
            var number = printed.Trim().Split(' ')[^1];
            return new Bubblewrap(path, Version.TryParse(number, out var version) && version >= FirstThatNames);
        }
        catch (NixProcessException error)
        {
            throw Unavailable(string.Create(CultureInfo.InvariantCulture, $"builders run in sandboxes that bubblewrap makes. {error.Message.TrimEnd('.')}"), error);
        }
    }

    /// <summary>Says why there is no sandbox.</summary>
    public static NixStoreException Unavailable(string why, Exception? error) =>
        new(NixErrorCodes.SandboxUnavailable, $"Nothing can be built here: {why}.", error);
}
