namespace NixSharp.SupplyChain.Signing;

/// <summary>A signature of an image that was verified.</summary>
/// <param name="Image">The image by the name that the signer gave it, and by the digest that was verified.</param>
/// <param name="Claims">What the signer said beside that.</param>
public sealed record ImageSignature(ImageSubject Image, IReadOnlyDictionary<string, string> Claims);
