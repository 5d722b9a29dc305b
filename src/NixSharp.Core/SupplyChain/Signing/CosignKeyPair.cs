using System.Text;
using NixSharp.Files;

namespace NixSharp.SupplyChain.Signing;

/// <summary>Writes new key pairs to files, as <c>cosign generate-key-pair</c> does.</summary>
public static class CosignKeyPair
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes <c>PREFIX.key</c>, which only its owner may read, and <c>PREFIX.pub</c>. Files that are there are kept.</summary>
    /// <param name="prefix">The path of the files without their extensions.</param>
    /// <param name="password">Encrypts the private key; null writes it plain.</param>
    /// <param name="cancellationToken">Stops the operation.</param>
    /// <exception cref="NixFileException">A file is there already, or cannot be written.</exception>
    public static async Task<(string PrivateKey, string PublicKey)> WriteAsync(string prefix, string? password = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        var (privateFile, publicFile) = ($"{prefix}.key", $"{prefix}.pub");
        if (FileTree.Exists(publicFile))
        {
            throw FileErrors.Occupied(publicFile);
        }

        using var key = CosignKey.Generate();
        using var publicKey = key.ToPublicKey();
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            var file = new FileStream(privateFile, options);
            await using (file.ConfigureAwait(false))
            {
                await file.WriteAsync(Encoding.ASCII.GetBytes(key.Export(password)), cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }
        }
        catch (IOException) when (FileTree.Exists(privateFile))
        {
            throw FileErrors.Occupied(privateFile);
        }
        catch (Exception error) when (FileErrors.IsFromSystem(error))
        {
            throw FileErrors.Writing(privateFile, error);
        }

        await AtomicFile.WriteAsync(publicFile, Encoding.ASCII.GetBytes(publicKey.Export()), cancellationToken).ConfigureAwait(false);
        return (privateFile, publicFile);
    }
}
