using System.Text;
using NixSharp.Closures;
using NixSharp.Csi.Logging;
using NixSharp.Csi.Metrics;
using NixSharp.Csi.Policies;
using NixSharp.Csi.Realising;
using NixSharp.Hashing;
using NixSharp.Stores;
using NixSharp.Volumes;

namespace NixSharp.Csi.Publishing;

/// <summary>Makes the volumes of a pool, of what was realised, and tells them apart by what was asked for. Its callers hold a volume's lock.</summary>
internal sealed class VolumeFactory(
    CsiOptions options,
    INixStore store,
    VolumePool pool,
    Realiser realiser,
    PolicyCheck policy,
    DriverMetrics metrics,
    DriverLog log)
{
    private const string SourceLabel = "source";
    private const string RequestLabel = "request";

    /// <summary>Whether a volume is there that can be used.</summary>
    /// <exception cref="CsiException">It was made for something else.</exception>
    public async Task<bool> IsMadeAsync(VolumeName name, VolumeRequest request, CancellationToken cancellationToken)
    {
        if (await pool.FindAsync(name, cancellationToken).ConfigureAwait(false) is not { Problem: null } volume)
        {
            return false;
        }

        return volume.Labels.GetValueOrDefault(RequestLabel) == DigestOf(request)
            ? true
            : throw new CsiException(
                NixErrorCodes.CsiOtherVolume,
                $"There is a volume {name} already, and it was made for something else ({volume.Labels.GetValueOrDefault(SourceLabel)}). Unpublish it first, or take another name.");
    }

    /// <summary>Makes a volume, in place of one that is damaged.</summary>
    /// <exception cref="NixException">The policy does not allow it, or it cannot be made.</exception>
    public async Task<VolumeReport> MakeAsync(VolumeName name, VolumeRequest request, Realised realised)
    {
        var closure = await Closure.ComputeAsync(store, [realised.Path], CancellationToken.None).ConfigureAwait(false);
        policy.RefuseSize(request.Source, closure.NarSize);
        policy.RefuseUnsigned(closure.Paths, () => realiser.KeysFor(request));
        if (await pool.FindAsync(name, CancellationToken.None).ConfigureAwait(false) is { Problem: { } problem })
        {
            log.Write(LogLevel.Warning, "making a damaged volume anew", ("volume", name.ToString()), ("error", problem));
            await pool.DeleteAsync(name, CancellationToken.None).ConfigureAwait(false);
        }

        var volume = await pool.CreateAsync(name, closure, CreateOptions(request), CancellationToken.None).ConfigureAwait(false);
        var report = volume.Report!;
        metrics.Files.Add(report.LinkedFiles, "linked");
        metrics.Files.Add(report.ClonedFiles, "cloned");
        metrics.Files.Add(report.CopiedFiles, "copied");
        metrics.CopiedBytes.Add(report.CopiedBytes);
        metrics.VolumeBytes.Add(closure.NarSize);
        return report;
    }

    /// <summary>Takes back a volume that could not be mounted; nobody would come to unpublish it.</summary>
    public async Task TakeBackAsync(VolumeName name)
    {
        try
        {
            await pool.DeleteAsync(name, CancellationToken.None).ConfigureAwait(false);
        }
        catch (NixException error)
        {
            log.Write(LogLevel.Warning, "not taken back", ("volume", name.ToString()), ("code", error.Code), ("error", error.Message));
        }
    }

    /// <summary>Checks a volume, as far as its pod wants that.</summary>
    /// <exception cref="VolumeException">It is not what it should be.</exception>
    public async Task CheckAsync(VolumeName name, VolumeCheck check)
    {
        if (check != VolumeCheck.None)
        {
            var verified = await pool.VerifyAsync(name, new VolumeVerifyOptions { CheckContents = check == VolumeCheck.Full }, CancellationToken.None).ConfigureAwait(false);
            verified.RefuseIfDamaged();
        }
    }

    private VolumeOptions CreateOptions(VolumeRequest request) => new()
    {
        Kind = (request.Engine ?? options.Engine) == VolumeEngine.Bind ? VolumeKind.BindView : VolumeKind.HardLinks,
        Labels = new Dictionary<string, string?>
        {
            [RequestLabel] = DigestOf(request),
            [SourceLabel] = request.Source.ToString(),
            ["pod"] = request.Pod.Name,
            ["namespace"] = request.Pod.Namespace,
            ["podUid"] = request.Pod.Uid,
        }.Where(static label => label.Value is not null).ToDictionary(static label => label.Key, static label => label.Value!),
    };

    private static string DigestOf(VolumeRequest request) => NixHash.Compute(
        NixHashAlgorithm.Sha256,
        Encoding.UTF8.GetBytes($"{request.Engine}\n{request.RealisationKey}")).ToDigestString(HashFormat.Nix32);
}
