using NixSharp.Derivations;

namespace NixSharp.Stores.Protocol;

/// <summary>
/// Results of builds on the wire: times since 1.29, processor times since 1.37, realised outputs since 1.28. With
/// <see cref="WireFeatures.RealisationWithPath"/> outputs have names and paths in the place of realisations.
/// </summary>
internal static class BuildResultWire
{
    /// <summary>Writes what was asked for and the result.</summary>
    public static void WriteKeyedBuildResult(this WireWriter writer, BuildResult result)
    {
        writer.WriteDerivedPath(result.Path);
        writer.WriteBuildResult(result);
    }

    public static async ValueTask<BuildResult> ReadKeyedBuildResultAsync(this WireReader reader, CancellationToken cancellationToken)
    {
        var path = await reader.ReadDerivedPathAsync(cancellationToken).ConfigureAwait(false);
        return await reader.ReadBuildResultAsync(path, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the result of what the other side asked for.</summary>
    public static void WriteBuildResult(this WireWriter writer, BuildResult result)
    {
        writer.WriteNumber((ulong)result.Status);
        writer.WriteString(result.ErrorMessage);
        if (writer.Version.Has(29))
        {
            writer.WriteSize(result.TimesBuilt);
            writer.WriteBoolean(result.IsNonDeterministic);
            writer.WriteTime(result.StartTime);
            writer.WriteTime(result.StopTime);
        }

        if (writer.Version.Has(37))
        {
            writer.WriteOptional(result.CpuUser, writer.WriteMicroseconds);
            writer.WriteOptional(result.CpuSystem, writer.WriteMicroseconds);
        }

        if (writer.Features.Contains(WireFeatures.RealisationWithPath))
        {
            writer.WriteList(
                [.. result.BuiltOutputs.OrderBy(static output => output.Key, ByteText.Comparer)],
                output =>
                {
                    writer.WriteString(output.Key);
                    writer.WriteUnkeyedRealisation(output.Value.OutputPath, output.Value.Signatures);
                });
        }
        else if (writer.Version.Has(28))
        {
            writer.WriteList(
                [.. result.BuiltOutputs.Values.OrderBy(static output => output.Id.ToString(), StringComparer.Ordinal)],
                output =>
                {
                    writer.WriteOutputId(output.Id);
                    writer.WriteRealisation(output);
                });
        }
    }

    public static async ValueTask<BuildResult> ReadBuildResultAsync(this WireReader reader, DerivedPath path, CancellationToken cancellationToken)
    {
        var result = new BuildResult
        {
            Path = path,
            Status = await reader.ReadStatusAsync(cancellationToken).ConfigureAwait(false),
            ErrorMessage = await reader.ReadTextAsync(cancellationToken).ConfigureAwait(false),
        };
        if (reader.Version.Has(29))
        {
            result = result with
            {
                TimesBuilt = await reader.ReadInt32Async(cancellationToken).ConfigureAwait(false),
                IsNonDeterministic = await reader.ReadBooleanAsync(cancellationToken).ConfigureAwait(false),
                StartTime = await reader.ReadTimeAsync(cancellationToken).ConfigureAwait(false),
                StopTime = await reader.ReadTimeAsync(cancellationToken).ConfigureAwait(false),
            };
        }

        if (reader.Version.Has(37))
        {
            result = result with
            {
                CpuUser = await reader.ReadOptionalAsync(reader.ReadMicrosecondsAsync, cancellationToken).ConfigureAwait(false),
                CpuSystem = await reader.ReadOptionalAsync(reader.ReadMicrosecondsAsync, cancellationToken).ConfigureAwait(false),
            };
        }

        return result with { BuiltOutputs = await reader.ReadBuiltOutputsAsync(cancellationToken).ConfigureAwait(false) };
    }

    private static async ValueTask<IReadOnlyDictionary<string, Realisation>> ReadBuiltOutputsAsync(this WireReader reader, CancellationToken cancellationToken)
    {
        if (reader.Features.Contains(WireFeatures.RealisationWithPath))
        {
            var outputs = await reader.ReadMapAsync(reader.ReadNameAsync, reader.ReadUnkeyedRealisationAsync, cancellationToken).ConfigureAwait(false);
            return outputs.ToDictionary(
                static output => output.Key,
                static output => new Realisation { Id = new DerivationOutputId(RealisationWire.UnknownHash, output.Key), OutputPath = output.Value.OutputPath, Signatures = output.Value.Signatures });
        }

        if (!reader.Version.Has(28))
        {
            return new Dictionary<string, Realisation>();
        }

        var realisations = await reader.ReadMapAsync(reader.ReadOutputIdAsync, reader.ReadRealisationAsync, cancellationToken).ConfigureAwait(false);
        var named = new Dictionary<string, Realisation>();
        foreach (var (id, realisation) in realisations)
        {
            if (!named.TryAdd(id.OutputName, realisation))
            {
                throw reader.Invalid($"the output '{id.OutputName}' is there twice");
            }
        }

        return named;
    }

    private static async ValueTask<BuildStatus> ReadStatusAsync(this WireReader reader, CancellationToken cancellationToken)
    {
        var number = await reader.ReadInt32Async(cancellationToken).ConfigureAwait(false);
        return Enum.IsDefined((BuildStatus)number) ? (BuildStatus)number : throw reader.Invalid($"{number} is no status of a build");
    }

    private static void WriteMicroseconds(this WireWriter writer, TimeSpan span) => writer.WriteSize(span.Ticks / TimeSpan.TicksPerMicrosecond);

    private static async ValueTask<TimeSpan> ReadMicrosecondsAsync(this WireReader reader, CancellationToken cancellationToken)
    {
        var microseconds = await reader.ReadSizeAsync(cancellationToken).ConfigureAwait(false);
        return microseconds <= TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMicrosecond
            ? TimeSpan.FromTicks(microseconds * TimeSpan.TicksPerMicrosecond)
            : throw reader.Invalid($"{microseconds} microseconds are longer than a build can be");
    }
}
