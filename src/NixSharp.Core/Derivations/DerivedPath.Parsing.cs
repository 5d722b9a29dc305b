using NixSharp.StorePaths;

namespace NixSharp.Derivations;

public abstract partial record DerivedPath
{
    private const int MaxDepth = 64;

    /// <summary>Reads <c>PATH</c>, <c>DERIVATION^out,dev</c>, <c>DERIVATION^*</c>, and for derivations that are outputs of others <c>DERIVATION^out^*</c>.</summary>
    /// <exception cref="NixFormatException">The text is none of these.</exception>
    public static DerivedPath Parse(string text, StoreDirectory? directory = null) => Parse(text, '^', directory);

    /// <summary>Reads the form with <c>!</c> in the place of <c>^</c>, which older programs and the worker protocol write.</summary>
    /// <exception cref="NixFormatException">The text is no such path.</exception>
    public static DerivedPath ParseLegacy(string text, StoreDirectory? directory = null) => Parse(text, '!', directory);

    /// <summary>The form with <c>!</c> in the place of <c>^</c>.</summary>
    public string ToLegacyString() => this is Built built ? $"{built.Derivation.ToLegacyString()}!{built.Outputs}" : ToString();

    private static DerivedPath Parse(string text, char separator, StoreDirectory? directory)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split(separator);
        if (parts.Length > MaxDepth)
        {
            throw Invalid(text, $"it has more than {MaxDepth} parts");
        }

        DerivedPath path = new Opaque(StorePath.Parse(parts[0], directory));
        for (var i = 1; i < parts.Length; i++)
        {
            var outputs = OutputsSpec.Parse(parts[i]);
            if (i < parts.Length - 1 && (outputs.IsAll || outputs.Names.Count > 1))
            {
                throw Invalid(text, $"what stands before another '{separator}' must be one output");
            }

            path = i == 1 && !((Opaque)path).Path.IsDerivation
                ? throw Invalid(text, $"{path} is not a derivation, so it has no outputs")
                : new Built(path, outputs);
        }

        return path;
    }

    private static NixFormatException Invalid(string text, string why) =>
        new(NixErrorCodes.InvalidDerivedPath, $"'{text}' cannot be realised: {why}. Give a store path, or a derivation with its outputs, such as PATH.drv^out.");
}
