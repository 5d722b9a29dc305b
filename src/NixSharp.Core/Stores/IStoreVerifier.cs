namespace NixSharp.Stores;

/// <summary>A store that can be checked against what it says of itself.</summary>
public interface IStoreVerifier
{
    /// <summary>Checks that what is valid is there, and, where asked, that it is unchanged.</summary>
    Task<VerifyResult> VerifyAsync(VerifyOptions? options = null, CancellationToken cancellationToken = default);
}
