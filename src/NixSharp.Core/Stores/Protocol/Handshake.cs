namespace NixSharp.Stores.Protocol;

/// <summary>What both sides agree on when a connection begins.</summary>
/// <param name="Version">The version that both speak.</param>
internal sealed record Handshake(ProtocolVersion Version)
{
    /// <summary>The version of the program on the daemon's side, which it says since 1.33.</summary>
    public string? DaemonVersion { get; init; }

    /// <summary>Whether the daemon trusts its client, which it says since 1.35, if it knows.</summary>
    public bool? IsTrusted { get; init; }

    /// <summary>What both can beyond the version, since 1.38.</summary>
    public IReadOnlySet<string> Features { get; init; } = new HashSet<string>();

    /// <summary>The client's side. The daemon's first messages, up to <see cref="DaemonMessage.Last"/>, are still to be read.</summary>
    public static async Task<Handshake> AsClientAsync(
        WireReader reader,
        WireWriter writer,
        ProtocolVersion newest,
        IReadOnlyCollection<string> features,
        CancellationToken cancellationToken)
    {
        writer.WriteNumber(WireFormat.ClientMagic);
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        var magic = await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false);
        if (magic != WireFormat.DaemonMagic)
        {
            throw reader.Invalid("the greeting is not a daemon's");
        }

        var theirs = ProtocolVersion.OfNumber(await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false));
        var version = ProtocolVersion.Min(theirs, newest);
        RefuseUnlessKnown(theirs, version, "daemon");
        writer.WriteNumber(newest.ToNumber());
        var common = await ExchangeFeaturesAsync(reader, writer, version, features, clientFirst: true, cancellationToken).ConfigureAwait(false);

        // No CPU affinity, and no space reserved: nobody minds these any more.
        writer.WriteNumber(0);
        writer.WriteNumber(0);
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        (reader.Version, reader.Features) = (writer.Version, writer.Features) = (version, common);
        return await ReadInfoAsync(reader, new Handshake(version) { Features = common }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The daemon's side. The client now waits for <see cref="DaemonMessage.Last"/> or an error.</summary>
    public static async Task<Handshake> AsDaemonAsync(
        WireReader reader,
        WireWriter writer,
        Handshake ours,
        CancellationToken cancellationToken)
    {
        if (await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false) != WireFormat.ClientMagic)
        {
            throw reader.Invalid("the greeting is not a client's");
        }

        writer.WriteNumber(WireFormat.DaemonMagic);
        writer.WriteNumber(ours.Version.ToNumber());
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        var theirs = ProtocolVersion.OfNumber(await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false));
        var version = ProtocolVersion.Min(theirs, ours.Version);
        RefuseUnlessKnown(theirs, version, "client");
        var common = await ExchangeFeaturesAsync(reader, writer, version, ours.Features, clientFirst: false, cancellationToken).ConfigureAwait(false);
        if (await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false) != 0)
        {
            await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false);
        }

        await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false);
        var agreed = ours with { Version = version, Features = common };
        WriteInfo(writer, agreed);
        (reader.Version, reader.Features) = (writer.Version, writer.Features) = (version, common);
        return agreed;
    }

    /// <summary>Writes what a daemon says of itself.</summary>
    public static void WriteInfo(WireWriter writer, Handshake handshake)
    {
        if (handshake.Version.Has(33))
        {
            writer.WriteString(handshake.DaemonVersion ?? "");
        }

        if (handshake.Version.Has(35))
        {
            writer.WriteTrust(handshake.IsTrusted);
        }
    }

    public static async ValueTask<Handshake> ReadInfoAsync(WireReader reader, Handshake handshake, CancellationToken cancellationToken) => handshake with
    {
        DaemonVersion = handshake.Version.Has(33) ? await reader.ReadNameAsync(cancellationToken).ConfigureAwait(false) : null,
        IsTrusted = handshake.Version.Has(35) ? await reader.ReadTrustAsync(cancellationToken).ConfigureAwait(false) : null,
    };

    private static async Task<IReadOnlySet<string>> ExchangeFeaturesAsync(
        WireReader reader,
        WireWriter writer,
        ProtocolVersion version,
        IReadOnlyCollection<string> ours,
        bool clientFirst,
        CancellationToken cancellationToken)
    {
        if (!version.Has(38))
        {
            return new HashSet<string>();
        }

        if (clientFirst)
        {
            writer.WriteStringSet(ours);
            await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        var theirs = await reader.ReadNamesAsync(cancellationToken).ConfigureAwait(false);
        if (!clientFirst)
        {
            writer.WriteStringSet(ours);
            await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        return theirs.Intersect(ours, StringComparer.Ordinal).ToHashSet();
    }

    private static void RefuseUnlessKnown(ProtocolVersion theirs, ProtocolVersion version, string who)
    {
        if (theirs.Major != 1 || version < ProtocolVersion.Oldest)
        {
            throw new NixStoreException(
                NixErrorCodes.DaemonTooOld,
                $"The {who} speaks version {theirs} of Nix's worker protocol, and {ProtocolVersion.Oldest} to {ProtocolVersion.Newest} are understood here. Use another version of Nix on that side.");
        }
    }
}
