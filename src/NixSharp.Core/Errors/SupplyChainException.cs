namespace NixSharp;

/// <summary>A signature, attestation or key that cannot be made, found or trusted (<c>NIXS417x</c>). Holds no secrets.</summary>
public sealed class SupplyChainException : NixException
{
    /// <summary>Makes a supply-chain error.</summary>
    public SupplyChainException(string code, string message, Exception? innerException = null)
        : base(code, message, innerException)
    {
    }
}
