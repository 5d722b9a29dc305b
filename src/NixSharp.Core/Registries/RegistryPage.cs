using Newtonsoft.Json.Linq;

namespace NixSharp.Registries;

/// <summary>One page of a list that a registry gives in pieces.</summary>
/// <param name="Content">What is on it.</param>
/// <param name="Next">Where the next one is; null on the last.</param>
internal sealed record RegistryPage(JObject Content, Uri? Next);
