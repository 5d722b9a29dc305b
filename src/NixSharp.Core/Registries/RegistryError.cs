namespace NixSharp.Registries;

/// <summary>One error in a registry's own words.</summary>
/// <param name="Code">The distribution specification's code, such as <c>DENIED</c> or <c>NAME_UNKNOWN</c>.</param>
/// <param name="Message">The registry's explanation.</param>
public readonly record struct RegistryError(string Code, string Message)
{
    /// <summary>Code and explanation.</summary>
    public override string ToString() => Message.Length == 0 ? Code : $"{Code}: {Message}";
}
