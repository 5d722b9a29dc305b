using NixSharp.StorePaths;

namespace NixSharp.Flakes.Logs;

/// <summary>What Nix is doing, as far as it got when <see cref="NixActivities.GetRunning"/> was asked.</summary>
public sealed record NixActivity
{
    /// <summary>What the log calls it.</summary>
    public required ulong Id { get; init; }

    /// <summary>The activity that it is a part of; 0 for none.</summary>
    public required ulong Parent { get; init; }

    /// <summary>What it is.</summary>
    public required NixActivityType Type { get; init; }

    /// <summary>How important Nix takes it to be.</summary>
    public required NixLogLevel Level { get; init; }

    /// <summary>What it is, in Nix's words; may be empty.</summary>
    public required string Text { get; init; }

    /// <summary>The derivation, store path or URL that it is about; null where it is about none.</summary>
    public string? Subject { get; init; }

    /// <summary>The name of the derivation or store path that it is about, without hash: <c>hello-1.0</c>; else the subject as it is.</summary>
    public string? Name => Subject is null ? null : NameOf(Subject);

    /// <summary>Where it goes on, such as the machine that builds or the cache that is copied from; null for this machine.</summary>
    public string? Place { get; init; }

    /// <summary>The phase that a build is in.</summary>
    public string? Phase { get; init; }

    /// <summary>The last line that it printed.</summary>
    public string? LastLine { get; init; }

    /// <summary>How much is done, in bytes for <see cref="NixActivityType.CopyPath"/> and <see cref="NixActivityType.FileTransfer"/>.</summary>
    public long Done { get; init; }

    /// <summary>How much there is to do, in the same unit; 0 where it is not known.</summary>
    public long Expected { get; init; }

    /// <summary>How long it runs already.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary><c>hello-1.0</c> of <c>/nix/store/HASH-hello-1.0.drv</c>; what is no store path stays as it is.</summary>
    internal static string NameOf(string subject)
    {
        var name = subject[(subject.LastIndexOf('/') + 1)..];
        if (!StorePath.TryParseBaseName(name, null, out var path))
        {
            return subject;
        }

        return path.IsDerivation ? path.Name[..^4] : path.Name;
    }
}
