using Microsoft.Build.Framework;
using NixSharp.Flakes;
using NixSharp.Stores;

namespace NixSharp.MSBuild;

/// <summary>A task that runs <c>nix</c>.</summary>
public abstract class NixFlakeTask : NixStoreTask
{
    /// <summary>The nix to run; none takes the one on PATH.</summary>
    public string? Program { get; set; }

    /// <summary>More arguments for nix.</summary>
    public string[] Arguments { get; set; } = [];

    /// <summary>Hosts for which this user's token is looked for.</summary>
    public string[] FindTokensFor { get; set; } = [];

    /// <summary>Runs nix in a store; what it prints becomes messages.</summary>
    private protected NixClient MakeClient(INixStore store) => new(new NixOptions
    {
        Program = NullIfEmpty(Program) ?? "nix",
        Store = store.Uri,
        StoreDirectory = store.StoreDirectory,
        WorkingFolder = ProjectDirectory,
        FindTokensFor = FindTokensFor,
        ExtraArguments = Arguments,
        Log = new InlineProgress<string>(line => Log.LogMessage(MessageImportance.Normal, "{0}", line)),
    });
}
