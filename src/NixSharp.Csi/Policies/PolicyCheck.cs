using NixSharp.Csi.Publishing;
using NixSharp.GitOps.Kubernetes.Csi;
using NixSharp.NarInfos;
using NixSharp.Stores;

namespace NixSharp.Csi.Policies;

/// <summary>Refuses what a <see cref="CsiPolicy"/> does not allow.</summary>
internal sealed class PolicyCheck(CsiPolicy policy)
{
    /// <summary>Refuses what can be told from the request alone.</summary>
    /// <exception cref="CsiException">The policy does not allow it.</exception>
    public void RefuseRequest(VolumeRequest request)
    {
        if (policy.StorePathsOnly && request.Source is not VolumeSource.Path)
        {
            throw Refused($"the volume is {request.Source}, and this driver gives out store paths only. Build it elsewhere, push it to a cache, and name its store path.");
        }

        if (request.Substituters.FirstOrDefault(uri => !IsAllowed(uri)) is { } substituter)
        {
            throw Refused($"the volume names the substituter {substituter}, which is not among those that this driver allows. Have it allowed, or leave it out.");
        }

        if (request.TrustedKeys.Count > 0 && policy.AllowedSubstituters.Count == 0)
        {
            throw Refused("the volume names keys to trust, and this driver trusts its own only. Have a substituter allowed, or leave the keys out.");
        }
    }

    /// <summary>Refuses a closure that is too large. Asked before it is fetched, as far as that is known, and after.</summary>
    /// <exception cref="CsiException">The policy does not allow it.</exception>
    public void RefuseSize(object what, long size)
    {
        if (policy.MaxClosureSize is { } most && size > most)
        {
            throw Refused($"the closure of {what} has {ByteSize.Format(size)}, and {ByteSize.Format(most)} are allowed. Make it smaller, or have the limit raised.");
        }
    }

    /// <summary>Refuses a closure that nobody answers for.</summary>
    /// <exception cref="CsiException">The policy does not allow it.</exception>
    public void RefuseUnsigned(IEnumerable<PathInfo> paths, Func<TrustedKeys> findKeys)
    {
        if (!policy.SignedOnly)
        {
            return;
        }

        var keys = findKeys();
        if (paths.FirstOrDefault(info => !keys.Trusts(info)) is { } unsigned)
        {
            throw Refused($"{unsigned.Path} is not signed by a key that is trusted here ({(keys.Keys.Count == 0 ? "there are none" : string.Join(", ", keys.Keys.Select(static key => key.Name)))}). Sign it, or take it from a cache that does.");
        }
    }

    private bool IsAllowed(string uri) => policy.AllowedSubstituters.Any(pattern =>
        pattern.EndsWith('*') ? uri.StartsWith(pattern[..^1], StringComparison.Ordinal) : uri == pattern);

    private static CsiException Refused(string why) => new(NixErrorCodes.CsiPolicy, $"The volume was refused: {why}");
}
