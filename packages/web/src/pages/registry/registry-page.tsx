export default function RegistryPage() {
  return null
}
