using NixSharp.StorePaths;

namespace NixSharp.Stores.Protocol;

/// <summary>What <see cref="WorkerOperation.CollectGarbage"/> is asked to do.</summary>
internal sealed record GarbageRequest
{
    public required GarbageAction Action { get; init; }

    /// <summary>The paths to delete, for <see cref="GarbageAction.DeleteSpecific"/>.</summary>
    public IReadOnlyCollection<StorePath> Paths { get; init; } = [];

    public bool IgnoreLiveness { get; init; }

    /// <summary>Stop once so many bytes were freed.</summary>
    public ulong MaxFreed { get; init; } = ulong.MaxValue;

    public void Write(WireWriter writer)
    {
        writer.WriteNumber((ulong)Action);
        writer.WritePaths(Paths);
        writer.WriteBoolean(IgnoreLiveness);
        writer.WriteNumber(MaxFreed);

        // Three options that are gone.
        writer.WriteNumber(0);
        writer.WriteNumber(0);
        writer.WriteNumber(0);
    }

    public static async ValueTask<GarbageRequest> ReadAsync(WireReader reader, CancellationToken cancellationToken)
    {
        var action = await reader.ReadInt32Async(cancellationToken).ConfigureAwait(false);
        var request = new GarbageRequest
        {
            Action = Enum.IsDefined((GarbageAction)action) ? (GarbageAction)action : throw reader.Invalid($"{action} is nothing that can be done with garbage"),
            Paths = await reader.ReadPathsAsync(cancellationToken).ConfigureAwait(false),
            IgnoreLiveness = await reader.ReadBooleanAsync(cancellationToken).ConfigureAwait(false),
            MaxFreed = await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false),
        };
        for (var i = 0; i < 3; i++)
        {
            await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false);
        }

        return request;
    }

    public static void WriteResult(WireWriter writer, GarbageResult result)
    {
        writer.WritePaths(result.Paths);
        writer.WriteSize(result.BytesFreed);
        writer.WriteNumber(0);
    }

    public static async ValueTask<GarbageResult> ReadResultAsync(WireReader reader, CancellationToken cancellationToken)
    {
        // Names that were never valid paths, such as those of staging folders, are garbage too.
        var texts = await reader.ReadNamesAsync(cancellationToken).ConfigureAwait(false);
        var paths = new List<StorePath>();
        foreach (var text in texts)
        {
            if (StorePath.TryParse(text, reader.Directory, out var path))
            {
                paths.Add(path);
            }
        }

        var freed = await reader.ReadSizeAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadNumberAsync(cancellationToken).ConfigureAwait(false);
        return new GarbageResult([.. paths.Order()], freed);
    }
}
