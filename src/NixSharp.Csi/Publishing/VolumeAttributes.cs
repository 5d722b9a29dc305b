using NixSharp.NarInfos;
using NixSharp.StorePaths;

namespace NixSharp.Csi.Publishing;

/// <summary>Reads the attributes of a volume.</summary>
/// <param name="system">The node's system, such as <c>x86_64-linux</c>.</param>
/// <param name="directory">The store directory of the driver's store.</param>
internal sealed class VolumeAttributes(string system, StoreDirectory directory)
{
    private const int MaxLength = 256 * 1024;
    private const string Example = "such as x86_64-linux=/nix/store/...-hello, flakeRef or nixExpr";

    private static readonly string[] Names = ["flakeRef", "nixExpr", "expression", "substituters", "trustedPublicKeys", "engine", "quota", "verify"];

    /// <summary>Reads the attributes.</summary>
    /// <exception cref="CsiException">They name nothing for this node, or something that makes no sense.</exception>
    public VolumeRequest Read(IReadOnlyDictionary<string, string> attributes)
    {
        RefuseUnknown(attributes);
        var keys = List(attributes, "trustedPublicKeys");
        foreach (var key in keys)
        {
            Parse("trustedPublicKeys", () => PublicKey.Parse(key));
        }

        return new VolumeRequest
        {
            Source = ReadSource(attributes),
            Substituters = List(attributes, "substituters"),
            TrustedKeys = keys,
            Engine = Choose<VolumeEngine>(attributes, "engine"),
            Quota = Get(attributes, "quota") is { } quota ? Parse("quota", () => Quantity.Parse(quota)) : null,
            Check = Choose<VolumeCheck>(attributes, "verify") ?? VolumeCheck.None,
            Pod = PodInfo.Read(attributes),
        };
    }

    private VolumeSource ReadSource(IReadOnlyDictionary<string, string> attributes)
    {
        if (Get(attributes, system) is { } path)
        {
            return Parse(system, () => new VolumeSource.Path(StorePath.Parse(path, directory)));
        }

        if (Get(attributes, "flakeRef") is { } reference)
        {
            return reference.StartsWith('-') ? throw Invalid("flakeRef", "it begins with a dash") : new VolumeSource.Flake(reference);
        }

        if ((Get(attributes, "nixExpr") ?? Get(attributes, "expression")) is { } expression)
        {
            return new VolumeSource.Expression(expression);
        }

        var others = attributes.Keys.Where(IsSystem).Order(StringComparer.Ordinal).ToList();
        throw new CsiException(
            NixErrorCodes.CsiInvalidAttributes,
            others.Count == 0
                ? $"The volume's attributes do not say what is in it. Give it one, {Example}."
                : $"The volume has a store path for {string.Join(", ", others)}, and none for this node, which is {system}. Add one, or keep the pod from nodes of this kind.");
    }

    private void RefuseUnknown(IReadOnlyDictionary<string, string> attributes)
    {
        // Those with a slash are the orchestrator's own.
        if (attributes.Keys.FirstOrDefault(name => !name.Contains('/', StringComparison.Ordinal) && name != system && !IsSystem(name) && !Names.Contains(name)) is { } unknown)
        {
            throw new CsiException(
                NixErrorCodes.CsiInvalidAttributes,
                $"The volume has an attribute '{unknown}', which is not known. Known are {string.Join(", ", Names)}, and systems such as x86_64-linux.");
        }

        if (attributes.Sum(static pair => (long)pair.Key.Length + pair.Value.Length) > MaxLength)
        {
            throw new CsiException(NixErrorCodes.CsiInvalidAttributes, $"The volume's attributes have more than {MaxLength} characters. Put a long expression into a flake, and name that.");
        }
    }

    /// <summary>Whether a name looks like a system: <c>CPU-KERNEL</c>.</summary>
    private static bool IsSystem(string name) => name.EndsWith("-linux", StringComparison.Ordinal) || name.EndsWith("-darwin", StringComparison.Ordinal);

    private static string? Get(IReadOnlyDictionary<string, string> attributes, string name) =>
        attributes.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;

    private static string[] List(IReadOnlyDictionary<string, string> attributes, string name) =>
        Get(attributes, name)?.Split([' ', ',', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static T? Choose<T>(IReadOnlyDictionary<string, string> attributes, string name)
        where T : struct, Enum
    {
        if (Get(attributes, name) is not { } text)
        {
            return null;
        }

        var index = Array.FindIndex(Enum.GetNames<T>(), choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase));
        return index >= 0
            ? Enum.GetValues<T>()[index]
            : throw Invalid(name, $"'{text}' is none of {string.Join(", ", Enum.GetNames<T>().Select(static choice => choice.ToLowerInvariant()))}");
    }

    private static T Parse<T>(string name, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (NixException error)
        {
            throw new CsiException(NixErrorCodes.CsiInvalidAttributes, $"The volume's attribute {name} cannot be used. {error.Message}", error);
        }
    }

    private static CsiException Invalid(string name, string why) =>
        new(NixErrorCodes.CsiInvalidAttributes, $"The volume's attribute {name} cannot be used: {why}. Correct it.");
}
