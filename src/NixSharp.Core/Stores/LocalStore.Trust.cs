using NixSharp.Configuration;
using NixSharp.NarInfos;

namespace NixSharp.Stores;

public sealed partial class LocalStore
{
    private readonly Lazy<NixConfiguration> _configuration = new(static () => NixConfiguration.Load());
    private TrustedKeys? _trustedKeys;

    private TrustedKeys TrustedKeys => LazyInitializer.EnsureInitialized(
        ref _trustedKeys,
        () => _options.TrustedKeys ?? new TrustedKeys(_configuration.Value.TrustedPublicKeys.Select(PublicKey.Parse)));

    private bool RequiresSignatures => _options.RequireSignatures ?? _configuration.Value.RequireSignatures;

    /// <summary>Refuses a path that comes from a stranger and that nothing proves.</summary>
    private void RefuseUnlessTrusted(PathInfo info, AddNarOptions options)
    {
        if (options.CheckSignatures && RequiresSignatures && !TrustedKeys.Trusts(info))
        {
            var signed = info.Signatures.Count == 0 ? "it is not signed" : $"it is signed by {string.Join(", ", info.Signatures.Select(static signature => signature.Split(':')[0]))} only";
            throw new NixStoreException(
                NixErrorCodes.PathNotTrusted,
                $"{info.Path} was not added, because {signed}, and the store in {Layout.Root ?? "/"} trusts {(TrustedKeys.Keys.Count == 0 ? "no keys" : string.Join(", ", TrustedKeys.Keys.Select(static key => key.Name)))}. Trust its key (trusted-public-keys), have it signed, or add it without checking signatures.");
        }
    }
}
