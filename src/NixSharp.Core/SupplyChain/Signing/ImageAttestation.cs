using Newtonsoft.Json.Linq;

namespace NixSharp.SupplyChain.Signing;

/// <summary>A signed statement about an image that was verified.</summary>
/// <param name="PredicateType">What is said, such as <c>https://slsa.dev/provenance/v1</c>.</param>
/// <param name="Predicate">What is said in particular.</param>
public sealed record ImageAttestation(string PredicateType, JToken? Predicate);
