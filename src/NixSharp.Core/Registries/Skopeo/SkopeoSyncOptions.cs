namespace NixSharp.Registries.Skopeo;

/// <summary>How skopeo synchronises images.</summary>
public sealed record SkopeoSyncOptions : SkopeoTransferOptions
{
    /// <summary>Copies all images of an index, not only the one for this machine.</summary>
    public bool AllImages { get; init; }

    /// <summary>Puts the whole name of the source in front of the images' names at the destination.</summary>
    public bool Scoped { get; init; }

    /// <summary>Goes on with the next image where one fails; it is an error in the end all the same.</summary>
    public bool KeepGoing { get; init; }

    /// <summary>Only finds out what would be copied.</summary>
    public bool DryRun { get; init; }

    /// <summary>Text behind the tags at the destination. Newer than skopeo 1.9.</summary>
    public string? AppendSuffix { get; init; }

    internal void AddAllTo(SkopeoArguments arguments)
    {
        AddTo(arguments);
        arguments
            .Add("--all", AllImages)
            .Add("--scoped", Scoped)
            .Add("--keep-going", KeepGoing)
            .Add("--dry-run", DryRun)
            .Add("--append-suffix", AppendSuffix);
    }
}
