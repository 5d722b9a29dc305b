namespace NixSharp.Stores.Protocol;

/// <summary>What a client wishes of the daemon's settings: <see cref="WorkerOperation.SetOptions"/>.</summary>
internal sealed record ClientOptions
{
    private const ulong VerboseBuilds = 0;
    private const ulong QuietBuilds = 7;

    public bool KeepFailed { get; init; }

    public bool KeepGoing { get; init; }

    public bool TryFallback { get; init; }

    /// <summary>0 errors, 3 what is worth to know, 7 all.</summary>
    public int Verbosity { get; init; } = 3;

    public int MaxBuildJobs { get; init; } = 1;

    public long MaxSilentTime { get; init; }

    public bool UseBuildHook { get; init; } = true;

    public bool VerboseBuild { get; init; } = true;

    public int BuildCores { get; init; }

    public bool UseSubstitutes { get; init; } = true;

    /// <summary>Settings by their names in <c>nix.conf</c>. A daemon minds most of them only for clients that it trusts.</summary>
    public IReadOnlyDictionary<string, string> Overrides { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    public void Write(WireWriter writer)
    {
        writer.WriteBoolean(KeepFailed);
        writer.WriteBoolean(KeepGoing);
        writer.WriteBoolean(TryFallback);
        writer.WriteSize(Verbosity);
        writer.WriteSize(MaxBuildJobs);
        writer.WriteSize(MaxSilentTime);
        writer.WriteBoolean(UseBuildHook);
        writer.WriteNumber(VerboseBuild ? VerboseBuilds : QuietBuilds);

        // The kind of log and whether builds are traced: nobody reads them any more.
        writer.WriteNumber(0);
        writer.WriteNumber(0);
        writer.WriteSize(BuildCores);
        writer.WriteBoolean(UseSubstitutes);
        writer.WriteList(
            [.. Overrides.OrderBy(static setting => setting.Key, StringComparer.Ordinal)],
            setting =>
            {
                writer.WriteString(setting.Key);
                writer.WriteString(setting.Value);
            });
    }

    public static async ValueTask<ClientOptions> ReadAsync(WireReader reader, CancellationToken cancellationToken)
    {
        var options = new ClientOptions
        {
            KeepFailed = await reader.ReadBooleanAsync(cancellationToken).ConfigureAwait(false),
            KeepGoing = await reader.ReadBooleanAsync(cancellationToken).ConfigureAwait(false),
            TryFallback = await reader.ReadBooleanAsync(cancellationToken).ConfigureAwait(false),
            Verbosity = await reader.ReadInt32Async(cancellationToken).ConfigureAwait(false),
            MaxBuildJobs = await reader.ReadInt32Async(cancellationToken).ConfigureAwait(false),
            MaxSilentTime = await reader.ReadSizeAsync(cancellationToken).ConfigureAwait(false),
            UseBuildHook = await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false) != 0,
            VerboseBuild = await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false) == VerboseBuilds,
        };
        await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false);
        return options with
        {
            BuildCores = await reader.ReadInt32Async(cancellationToken).ConfigureAwait(false),
            UseSubstitutes = await reader.ReadBooleanAsync(cancellationToken).ConfigureAwait(false),
            Overrides = await reader.ReadMapAsync(reader.ReadNameAsync, reader.ReadTextAsync, cancellationToken).ConfigureAwait(false),
        };
    }
}
